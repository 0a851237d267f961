import { gzipSync } from 'node:zlib';
import { expect, it, vi } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { readHyperFile } from '../support/hyper-file.ts';

vi.setConfig({ testTimeout: 120_000 });

type Files = Record<string, string | Buffer>;

/** A project with one pipeline, whose sources read each a folder of its own; the tables are all `id`, `name`. */
async function projectOf(
  sources: Record<string, [format: string, files: Files, columns?: string]>,
  destination = 'all',
): Promise<CliProject> {
  const names = Object.keys(sources);
  const columns = 'columns: { id: int not null, name: text }';
  const project = await createProject({
    'pipelines/all.yaml': `version: 1
name: all
sources:
${names.map((name) => `  ${name}: { type: file, path: 'data/${name}/*', format: ${sources[name]?.[0]} }`).join('\n')}
tables:
${names.map((name) => `  ${name}: { from: { source: ${name} }, ${sources[name]?.[2] ?? columns} }`).join('\n')}
destinations:
  - { type: file, path: ../out/${destination}.hyper }
`,
  });
  for (const name of names) {
    for (const [file, content] of Object.entries(sources[name]?.[1] ?? {}))
      await project.write(`pipelines/data/${name}/${file}`, content);
  }
  return project;
}

const added = 'columns: { id: int not null, name: text }';
const optional = 'columns: { id: int not null, name: { type: text, optional: true } }';

it('ragged files are read as their format says', async () => {
  const project = await projectOf({
    skipped: ['{ type: csv, skip_lines: 2 }', { 'a.csv': 'Report of "May\n\nid,name\n1,A\n' }],
    skipped_gzip: ['{ type: csv, skip_lines: 1 }', { 'a.csv.gz': gzipSync('Report\nname,id\nA,1\n') }],
    separator: ['{ type: csv, delimiter: ";" }', { 'a.csv': 'sep=;\r\nid;name\r\n1;A\r\n' }],
    separator_only: ['{ type: csv, header: false }', { 'a.csv': 'sep=,\n1,A\n' }],
    commented: ['{ type: csv, comment: "#" }', { 'a.csv': '# May\nid,name\n# "x\n1,A\n#' }],
    commented_text: ['{ type: text, comment: "#", header: skip, skip_lines: 1 }', { 'a.tsv': 'May\n#\nid\tname\n1\tA\n#\n' }],
    by_position: ['{ type: csv, header: skip }', { 'a.csv': 'x,y\n1,A\n', 'b.csv': 'id,name\n' }],
    only_header: ['csv', { 'a.csv': 'id,name\n1,A\n', 'b.csv': 'id,name' }],
    empty: ['{ type: csv, empty_files: skip }', { 'a.csv': 'id,name\n1,A\n', 'b.csv': '', 'c.csv': '\ufeff', 'd.csv.gz': gzipSync('') }],
    empty_text: ['{ type: text, empty_files: skip }', { 'a.tsv': '1\tA\n', 'b.tsv': '' }],
    padded: ['csv', { 'a.csv.gz': Buffer.concat([gzipSync('id,name\n'), gzipSync('1,A\n'), Buffer.alloc(600)]) }],
    plain: ['{ type: csv, compression: none }', { 'a.csv.gz': 'id,name\n1,A\n' }],
  }); // prettier-ignore
  await project.apply();
  const read = await readHyperFile(project.path('out/all.hyper'));
  for (const { name, rows } of read) expect([name, rows]).toEqual([name, [{ id: '1', name: 'A' }]]);
  expect(read).toHaveLength(12);
  const again = await project.run(['plan', '-v']);
  expect(again.stdout).toContain('No changes');
});

it('an optional column is NULL for files that lack it, which the plan names', async () => {
  const files = { 'a.csv': 'id,name\n1,A\n', 'b.csv': 'id\n2\n', 'c.csv': 'more,id\nx,3\n', 'd.csv.gz': gzipSync('id\n4\n') };
  const project = await projectOf({
    lacking: ['csv', files, optional],
    lacking_added: ['csv', files, optional + `, add: { File: '\${file.name}' }`],
    lacking_all: ['csv', { 'a.csv': 'other\nx\ny\n' }, 'columns: { name: { type: text, optional: true } }'],
  }); // prettier-ignore
  const { stdout, stderr } = await project.run(['plan', '-v']);
  expect((stdout + stderr).replace(/\s*\n\s+/g, ' ')).toContain('column "name" is NULL where files lack it: data/lacking/b.csv, data/lacking/c.csv and 1 more lack it');
  await project.apply();
  const [plain, withFile, all] = await readHyperFile(project.path('out/all.hyper'));
  const names = ['A', null, null, null];
  expect(plain?.rows).toEqual(names.map((name, index) => ({ id: String(index + 1), name })));
  expect(withFile?.rows.map(({ File, name }) => [File, name])).toEqual(Object.keys(files).map((file, index) => [file, names[index]]));
  expect(all?.rows).toEqual([{ name: null }, { name: null }]);
}); // prettier-ignore

const whole = Buffer.from('id,name\n1,A\n');
const packed = gzipSync(Array.from({ length: 400 }, (_, id) => `${id},comment ${id * 7919}\n`).join(''));

it.each<[string, string, Files, string, string, string?]>([
  ['a gzip file cut in half', 'csv', { 'a.csv.gz': gzipSync(whole).subarray(0, 20) }, 'data/x/a.csv.gz is not complete: its gzip data does not end within its 20 bytes  [EXT2102]', 'copy or pack the file again; nothing of it was kept'],
  ['one that is cut behind its header, without a header', '{ type: csv, header: false }', { 'a.csv.gz': packed.subarray(0, 600) }, 'data/x/a.csv.gz is not complete: its gzip data does not end within its 600 bytes  [EXT2102]', 'nothing of it was kept'],
  ['one of text', 'text', { 'a.gz': gzipSync('1\tA\n').subarray(0, 20) }, 'data/x/a.gz is not complete', 'nothing of it was kept'],
  ['one followed by something', '{ type: csv, header: false }', { 'a.csv.gz': Buffer.concat([gzipSync('1,A\n'), Buffer.from('xyz')]) }, 'data/x/a.csv.gz has more bytes after the end of its gzip data, which are not gzip  [EXT2102]', 'only zeros may follow'],
  ['gzip under another name', 'csv', { 'a.csv': gzipSync(whole) }, 'data/x/a.csv is packed with gzip  [EXT2110]', 'write compression: gzip in its format'],
  ['the same without a header', '{ type: csv, header: false }', { 'a.csv': gzipSync('1,A\n') }, 'data/x/a.csv is packed with gzip  [EXT2110]', 'write compression: gzip'],
  ['the same as text', 'text', { 'a.tsv': gzipSync('1\tA\n') }, 'data/x/a.tsv is packed with gzip  [EXT2110]', 'write compression: gzip'],
  ['text under the name of gzip', 'csv', { 'a.csv.gz': whole }, 'data/x/a.csv.gz is not packed with gzip, as its name says  [EXT2110]', 'write compression: none in its format'],
  ['UTF-16', '{ type: csv, delimiter: "\\t" }', { 'a.csv': Buffer.from('\ufeffid\tname\r\n1\tMüller\r\n', 'utf16le') }, 'data/x/a.csv is text in UTF-16LE: its byte order mark says so  [EXT2110]', 'write encoding: utf-16le in its format'],
  ['UTF-8 that is said to be something else', '{ type: csv, encoding: windows-1252 }', { 'a.csv': '\ufeffid,name\n1,é\n' }, 'data/x/a.csv begins with the byte order mark of UTF-8, but its encoding is said to be windows-1252  [EXT2110]', 'write encoding: utf-8 in its format'],
  ['an empty file', 'csv', { 'a.csv': whole, 'b.csv': '' }, 'data/x/b.csv is empty  [EXT2111]', 'exclude it, or write empty_files: skip in its format: it has no rows then'],
  ['another separator', 'csv', { 'a.csv': 'sep=;\nid;name\n' }, 'data/x/a.csv:1: the line "sep=" names the delimiter ";", the format has ","  [EXT2103]', 'write delimiter: ";" in its format'],
  ['another delimiter', 'csv', { 'a.csv': 'id;name\n1;A\n' }, 'data/x/a.csv has no column "id"  [EXT2113]', 'its header is one field, "id;name": write delimiter: ";" in its format'],
  ['tabs', 'csv', { 'a.csv': 'id\tname\n1\tA\n' }, 'data/x/a.csv has no column "id"  [EXT2113]', 'write delimiter: "\\t" in its format'],
  ['lines before the header', 'csv', { 'a.csv': '\nid,name\n1,A\n' }, 'data/x/a.csv has no column "id"  [EXT2113]', 'line 2 has these names: set format: {skip_lines: 1}'],
  ['a blank that is not the space', 'csv', { 'a.csv': 'id,name\u00a0\n1,A\n' }, 'data/x/a.csv has no column "name"  [EXT2113]', 'its header has "name\\u00a0": write from: "name\\u00a0", or correct the file'],
  ['a blank without width', 'csv', { 'a.csv': 'id,name\u200b\n1,A\n' }, 'data/x/a.csv has no column "name"  [EXT2113]', 'its header has "name\\u200b": write from: "name\\u200b"'],
  ['a second byte order mark', 'csv', { 'a.csv': '\ufeff\ufeffid,name\n1,A\n' }, 'data/x/a.csv has no column "id"  [EXT2113]', 'its header has "\\ufeffid"'],
  ['letters apart from their marks', 'csv', { 'a.csv': 'id,Stu\u0308ck\n1,A\n' }, 'data/x/a.csv has no column "Stück"  [EXT2113]', 'its header has "Stu\\u0308ck": write from: "Stu\\u0308ck"', 'columns: { id: int not null, Stück: text }'],
  ['a value behind lines that are no records', '{ type: csv, skip_lines: 1, comment: "#" }', { 'a.csv': 'x\nid,name\n#\n1,A\n#\nx,B\n' }, 'data/x/a.csv:6: column "id" (int not null)', 'the value is "x"'],
  ['the same in text', '{ type: text, skip_lines: 1, comment: "#" }', { 'a.tsv': 'x\n#\n1\tA\n#\nx\tB\n' }, 'data/x/a.tsv:5: ', 'column "id" (int not null)'],
  ['a record behind them', '{ type: csv, comment: "#" }', { 'a.csv': 'id,name\n#\n1,A\n#\n2\n' }, 'data/x/a.csv:5: line 5 (record 2) has 1 field, expected 2', 'EXT2103'],
])('%s is an error that says where and what to do', async (_, format, files, message, hint, columns) => {
  const project = await projectOf({ x: [format, files, columns ?? added] });
  const { stderr, stdout, exitCode } = await project.run(['apply', '--yes']);
  const said = (stdout + stderr).replace(/\s*\n\s+(?:= )?/g, ' ');
  expect(said).toContain(message);
  expect(said).toContain(hint);
  expect(exitCode).toBe(1);
  expect(Object.keys(await project.marks()).filter((name) => name.endsWith('.hyper'))).toEqual([]);
}); // prettier-ignore
