import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { env } from 'node:process';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openHyper } from '../../../src/hyper/index.ts';
import type { CsvFormat } from '../../../src/model/config/source.ts';
import type { ExtractPort } from '../../../src/model/ports/extract-port.ts';
import type { SourcePort } from '../../../src/model/ports/source-port.ts';
import { RunError } from '../../../src/model/errors/run-error.ts';
import { openFiles } from '../../../src/sources/file/index.ts';
import { openS3 } from '../../../src/sources/s3/index.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { table } from '../../support/pipelines.ts';
import { zipBytes, type ZipMember } from '../../support/zip-bytes.ts';
import { workbookBytes } from '../workbook/support.ts';
import { jsonl } from '../json-lines/support.ts';
import { csv, useLake } from '../s3/lake.ts';

vi.setConfig({ testTimeout: 120_000 });

const { signal } = new AbortController();
const format: CsvFormat = { ...csv, header: true, compression: 'by-name' };
const sales = table('sales', { id: 'int', name: 'text' });

let extracts: ExtractPort;
beforeAll(() => {
  extracts = openHyper({ env });
});
afterAll(() => extracts.close());
const lake = useLake();

/** The rows of an archive, or the first error of a plan or of reading it: from a file and from S3 alike. */
async function read(
  archive: Buffer,
  changes: Partial<CsvFormat> = {},
): Promise<(string | null)[][] | string> {
  const base = await temporaryFolder();
  await writeFile(path.join(base, 'a.zip'), archive);
  await lake.put('sales/a.zip', archive);
  const files = { match: ['*.zip'], base, exclude: [], minFiles: 1 };
  const place = { file: 'sales.yaml', pointer: '/sources/s' };
  const own = { ...format, ...changes };
  const found = await outcome(openFiles({ type: 'file', place, ...files, format: own }));
  // The import command in a hint has the folder of the pipeline file, which a bucket has not.
  const local = typeof found === 'string' ? found.replaceAll('pipelines/', '') : found;
  const remote = await outcome(openS3(lake.source({ format: own })));
  expect(typeof remote === 'string' ? remote.replaceAll(/s3:\/\/[^/]+\/sales\//g, '') : remote).toEqual(
    local,
  );
  return local;
}

async function outcome(port: SourcePort): Promise<(string | null)[][] | string> {
  try {
    const [seen] = await port.observe([{ table: sales, before: undefined }], signal);
    const problem = seen!.problems.find(({ severity }) => severity === 'error');
    if (problem !== undefined) return `${problem.code} ${problem.message} = ${problem.hint}`;
    const snapshot = await port.snapshot([sales], signal);
    try {
      return await extracts.preview(sales, await snapshot.feed(sales, signal), 100, signal);
    } finally {
      await snapshot.end();
    }
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return `${error.code} ${error.message} = ${error.hint}`;
  } finally {
    await port.close();
  }
}

const one: ZipMember = { name: 'one.csv', content: 'id,name\n1,a\n' };
const two: ZipMember = { name: 'two.csv', content: 'name,id\nb,2\n' };

describe('what is read', () => {
  it.each<[string, ZipMember[], Partial<CsvFormat>, (string | null)[][]]>([
    [
      'several files, each with its own header',
      [one, two],
      {},
      [
        ['1', 'a'],
        ['2', 'b'],
      ],
    ],
    ['stored', [{ ...one, method: 0 }], {}, [['1', 'a']]],
    [
      'with a data descriptor',
      [{ ...one, flags: 0x808 }, two],
      {},
      [
        ['1', 'a'],
        ['2', 'b'],
      ],
    ],
    [
      'in ZIP64',
      [{ ...one, isWide: true }, two],
      {},
      [
        ['1', 'a'],
        ['2', 'b'],
      ],
    ],
    [
      'beside what macOS and Windows put there, and folders',
      [
        { name: 'x/', content: '', method: 0 },
        { name: '__MACOSX/._one.csv', content: '\0\x05' },
        { name: 'x/.DS_Store', content: '\0' },
        { name: 'x/Thumbs.db', content: '\0' },
        { ...one, name: 'x/one.csv' },
      ],
      {},
      [['1', 'a']],
    ],
    [
      'names in CP437',
      [{ ...one, name: Buffer.from([0x81, 0x2e, 0x63, 0x73, 0x76]), flags: 0 }],
      {},
      [['1', 'a']],
    ],
    ['backslashes between folders', [{ ...one, name: 'x\\one.csv' }], {}, [['1', 'a']]],
    [
      'only those that are meant',
      [one, { name: 'read me.txt', content: 'hello' }],
      { entries: ['*.csv'] },
      [['1', 'a']],
    ],
    ['in folders', [{ ...one, name: 'x/y/one.csv' }, two], { entries: ['**/one.csv'] }, [['1', 'a']]],
  ])('%s', async (_, members, changes, rows) => {
    expect(await read(zipBytes(members), changes)).toEqual(rows);
  });
});

describe('what is refused, with its name and a remedy', () => {
  const lots = 'id,name\n' + '1,aaaaaaaaaaaaaaaaaaaaaaaaaa\n'.repeat(100_000);
  it.each<[string, Buffer, string, Partial<CsvFormat>?]>([
    [
      'a path that leads elsewhere',
      zipBytes([{ ...one, name: '../one.csv' }]),
      'EXT2123 a.zip has a file whose name "../one.csv" contains a "." or ".." folder',
    ],
    [
      'an absolute path',
      zipBytes([{ ...one, name: '/etc/one.csv' }]),
      'EXT2123 a.zip has a file whose name "/etc/one.csv" is an absolute path',
    ],
    ['two files of one name', zipBytes([one, one]), 'EXT2123 a.zip has two files named "one.csv"'],
    [
      'encrypted',
      zipBytes([{ ...one, flags: 1 }]),
      'EXT2123 a.zip has the file "one.csv", which is encrypted',
    ],
    [
      'another method',
      zipBytes([{ ...one, method: 12 }]),
      'EXT2123 a.zip has the file "one.csv", which is packed by method 12',
    ],
    [
      'an archive in it',
      zipBytes([{ name: 'b.zip', content: zipBytes([one]) }]),
      'EXT2123 a.zip has the archive "b.zip" in it',
    ],
    [
      'a wrong checksum',
      zipBytes([{ ...one, crc: 1 }]),
      'EXT2102 a.zip/one.csv is damaged in its archive: its checksum does not match',
    ],
    [
      'larger than it says',
      zipBytes([{ ...one, size: 5 }]),
      'EXT2102 a.zip/one.csv is damaged in its archive: it is larger than the archive says',
    ],
    [
      'smaller than it says',
      zipBytes([{ ...one, size: 50 }]),
      'EXT2102 a.zip/one.csv is damaged in its archive: it is smaller than the archive says',
    ],
    [
      'two files with the same bytes',
      zipBytes([one, { ...one, name: 'two.csv', sharesWith: 0 }]),
      'EXT2102 a.zip is a damaged zip archive: "one.csv" and "two.csv" share bytes',
    ],
    [
      'another name in front of its bytes',
      zipBytes([{ ...one, localName: 'two.csv' }]),
      'EXT2102 a.zip/one.csv is damaged: the header of "one.csv" has another name than the list of the archive',
    ],
    [
      'a longer name in front of its bytes',
      zipBytes([{ ...one, localName: 'one.csv.csv' }]),
      'the header of "one.csv" has another name than the list of the archive',
    ],
    [
      'something behind its end',
      Buffer.concat([zipBytes([one]), Buffer.from('more')]),
      'EXT2102 a.zip is a damaged zip archive: something follows its end = copy it again, or pack it again',
    ],
    [
      'a name with control characters',
      zipBytes([{ ...one, name: 'o\u001b[2Jne\u007f.csv' }]),
      'EXT2123 a.zip has a file whose name "o\\u001b[2Jne\\u007f.csv" contains a control character',
    ],
    [
      'a bad value in a file with an odd name',
      zipBytes([{ name: 'o\u0085\u202ene.csv', content: 'id,name\nx,b\n' }]),
      'EXT2103 a.zip/o\\u0085\\u202ene.csv:2: column "id" (int): ',
    ],
    ['cut off', zipBytes([one]).subarray(0, 60), 'EXT2102 a.zip is no zip archive, or is cut off'],
    ['no archive', Buffer.from('id,name\n1,a\n'), 'EXT2102 a.zip is no zip archive, or is cut off'],
    ['nothing in it', zipBytes([]), 'EXT2111 a.zip has no files in it'],
    [
      'nothing that is meant',
      zipBytes([one]),
      'EXT2111 a.zip has no file that entries means = it has "one.csv"',
      { entries: ['two.csv'] },
    ],
    [
      'more than is allowed',
      zipBytes([{ name: 'bomb.csv', content: lots }]),
      'EXT2123 a.zip unpacks from 7.2 kB to 2.9 MB, which is more than 1.0 MB',
      { maxUnpacked: 1e6 },
    ],
    [
      'a bad value',
      zipBytes([one, { name: 'two.csv', content: 'id,name\n1,a\nx,b\n' }]),
      'EXT2103 a.zip/two.csv:3: column "id" (int): ',
    ],
    [
      'a missing column',
      zipBytes([one, { name: 'two.csv', content: 'id\n1\n' }]),
      'EXT2113 a.zip/two.csv has no column "name"',
    ],
    [
      'a workbook in it',
      zipBytes([one, { name: 'b.xlsx', content: workbookBytes('') }]),
      'EXT2110 a.zip/b.xlsx is an Excel workbook (.xlsx), not text = unpack the archive and read this file by itself',
    ],
    [
      'a file that is not packed as its name says',
      zipBytes([{ ...one, name: 'one.csv.gz' }]),
      'EXT2110 a.zip/one.csv.gz is not packed with gzip, as its name says = unpack the archive',
    ],
    [
      'a document in it',
      zipBytes([one, { name: 'x.pdf', content: '%PDF-1.7 x' }]),
      'EXT2110 a.zip/x.pdf is a PDF document, not text',
    ],
  ])('%s', async (_, archive, message, changes = {}) => {
    const found = await read(archive, changes);
    expect(found).toContain(message);
    expect(found).toMatch(/ = .{10}/);
  });
});

it('plain files and archives in one S3 source all arrive, in any order', async () => {
  const line = (id: number) => `{"id":${id},"name":"n${id}"}\n`;
  const archive = (id: number) => zipBytes([{ name: 'x.jsonl', content: line(id) }]);
  for (const key of [1, 3, 4, 7]) await lake.put(`sales/${key}.jsonl`, line(key));
  for (const key of [2, 5, 6]) await lake.put(`sales/${key}.jsonl.zip`, archive(key));
  const rows = await lake.rows(lake.source({ format: jsonl }), sales);
  expect(rows).toEqual([1, 2, 3, 4, 5, 6, 7].map((id) => [String(id), `n${id}`]));
});
