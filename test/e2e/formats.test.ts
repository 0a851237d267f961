import { gzipSync } from 'node:zlib';
import { expect, it, vi } from 'vitest';
import { createProject } from '../support/cli.ts';
import { readHyperFile } from '../support/hyper-file.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Each source as YAML, and the files that it reads; the table is always `id: int, name: text, day: date`. */
const sources: Record<string, [format: string, files: Record<string, string | Buffer>]> = {
  text: ['format: text', { 'a.tsv': '1\tÄpfel\t2024-02-01\n2\t\\N\t\\N\n' }],
  text_options: [
    'format: { type: text, delimiter: "|", "null": "-", date_order: DMY }',
    { 'a.psv': '1|Äpfel|01/02/2024\n2|-|-\n' },
  ],
  text_nulls: [
    'format: { type: text, "null": ["NULL", ""] }',
    { 'a.tsv': '1\tÄpfel\t2024-02-01\n2\tNULL\t\n' },
  ],
  text_gzip: ['format: text', { 'a.tsv.gz': gzipSync('1\tÄpfel\t2024-02-01\n2\t\\N\t\\N\n') }],
  text_gzip_said: [
    'format: { type: text, compression: gzip }',
    { 'a.bin': gzipSync('1\tÄpfel\t2024-02-01\n2\t\\N\t\\N\n') },
  ],
  text_plain_said: [
    'format: { type: text, compression: none }',
    { 'a.tsv.gz': '1\tÄpfel\t2024-02-01\n2\t\\N\t\\N\n' },
  ],
  text_encoding: [
    'format: { type: text, encoding: windows-1252 }',
    { 'a.tsv': Buffer.from('1\tÄpfel\t2024-02-01\n2\t\\N\t\\N\n', 'latin1') },
  ],
  text_utf16: [
    'format: { type: text, encoding: utf-16le }',
    { 'a.tsv': Buffer.from('\ufeff1\tÄpfel\t2024-02-01\n2\t\\N\t\\N\n', 'utf16le') },
  ],
  text_mark: ['format: text', { 'a.tsv': '\ufeff1\tÄpfel\t2024-02-01\n2\t\\N\t\\N\n' }],
  csv_mark: ['format: { type: csv, header: false }', { 'a.csv': '\ufeff1,Äpfel,2024-02-01\n2,,\n' }],
  csv_mark_gzip: [
    'format: { type: csv, header: false }',
    { 'a.csv.gz': gzipSync('\ufeff1,Äpfel,2024-02-01\n2,,\n') },
  ],
  csv_options: [
    `format: { type: csv, delimiter: ";", quote: "'", escape: '\\', "null": ["NA", "-"], encoding: iso-8859-1, date_order: DMY, compression: gzip }`,
    { 'a.txt': gzipSync(Buffer.from(`day;id;name\n01/02/2024;1;'Äpfel'\n-;2;NA\n`, 'latin1')) },
  ],
  csv_exclude: [
    'exclude: "**/b.csv", min_files: 1, format: csv',
    { 'a.csv': 'id,name,day\n1,Äpfel,2024-02-01\n2,,\n', 'b.csv': 'id\n3\n' },
  ],
};

it('every key of a format means what the documentation says', async () => {
  const names = Object.keys(sources);
  const project = await createProject({
    'pipelines/all.yaml': `version: 1
name: all
sources:
${names.map((name) => `  ${name}: { type: file, path: 'data/${name}/*', ${sources[name]![0]} }`).join('\n')}
tables:
${names.map((name) => `  ${name}: { from: { source: ${name} }, columns: { id: int, name: text, day: date } }`).join('\n')}
destinations:
  - { type: file, path: ../out/all.hyper }
`,
  });
  for (const name of names) {
    for (const [file, content] of Object.entries(sources[name]![1]))
      await project.write(`pipelines/data/${name}/${file}`, content);
  }
  await project.apply();
  const rows = [
    { id: '1', name: 'Äpfel', day: '2024-02-01' },
    { id: '2', name: null, day: null },
  ];
  const read = await readHyperFile(project.path('out/all.hyper'));
  expect(Object.fromEntries(read.map((table) => [table.name, table.rows]))).toEqual(
    Object.fromEntries(names.map((name) => [`Extract.${name}`, rows])),
  );
});

it('a byte order mark is no part of a text', async () => {
  const project = await createProject({
    'pipelines/marks.yaml': `version: 1
name: marks
sources:
  csv: { type: file, path: data/a.csv, format: { type: csv, header: false } }
  text: { type: file, path: data/a.tsv, format: text }
tables:
  csv: { from: { source: csv }, columns: { name: text } }
  text: { from: { source: text }, columns: { name: text }, add: { File: '\${file.name}' } }
destinations:
  - { type: file, path: ../out/marks.hyper }
`,
    'pipelines/data/a.csv': '\ufeffAnna\n',
    'pipelines/data/a.tsv': '\ufeffAnna\n',
  });
  await project.apply();
  const read = await readHyperFile(project.path('out/marks.hyper'));
  expect(read.map(({ rows }) => rows)).toEqual([[{ name: 'Anna' }], [{ name: 'Anna', File: 'a.tsv' }]]);
});

it('says file, line and column of what a text file has wrong', async () => {
  const one = (name: string, format: string) => `version: 1
name: ${name}
sources:
  s: { type: file, path: data/${name}.tsv, format: ${format} }
tables:
  t: { from: { source: s }, columns: { id: int not null, name: text } }
destinations:
  - { type: file, path: ../out/${name}.hyper }
`;
  const project = await createProject({
    'pipelines/value.yaml': one('value', 'text'),
    'pipelines/fields.yaml': one('fields', 'text'),
    'pipelines/bytes.yaml': one('bytes', '{ type: text, encoding: shift_jis }'),
    'pipelines/nulls.yaml': one('nulls', 'text'),
    'pipelines/data/value.tsv': '1\ta\nx\tb\n',
    'pipelines/data/fields.tsv': '1\ta\n2\n',
    'pipelines/data/nulls.tsv': '1\ta\n\\N\tb\n',
  });
  await project.write('pipelines/data/bytes.tsv', Buffer.from([0x31, 0x09, 0xff, 0xff, 0x0a]));
  const { stderr, exitCode } = await project.run(['apply', '--yes']);
  expect(exitCode).toBe(1);
  for (const line of [
    'value.yaml:6:44  error  data/value.tsv:2: column "id" (int not null): ',
    'data/fields.tsv:2: line 2 (record 2) has 1 field, expected 2',
    'data/nulls.tsv:2: column "id" (int not null): the value is NULL',
    'data/bytes.tsv:1: the character at byte offset 2 is not valid shift_jis',
  ])
    expect(stderr).toContain(line);
});
