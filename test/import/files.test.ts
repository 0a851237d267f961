import { mkdir, copyFile, chmod } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { expectGolden } from '../support/golden.ts';
import { withSession } from '../support/hyper-file.ts';
import { runInside } from '../support/in-process.ts';
import { startS3StandIn, type S3StandIn } from '../../stand-ins/s3/src/index.ts';
import { settle } from '../support/story.ts';

let standIn: S3StandIn;
beforeAll(async () => {
  standIn = await startS3StandIn({ buckets: { landing: {} } });
});
afterAll(() => standIn.close());

const stocks = {
  'landing/stocks/2023.csv':
    'Symbol;Tag;Kurs;Menge;WKN\nSAP;31.12.2023;123,45;1.000.000;007164\nBMW;01.02.2023;80,10;-;519000\n',
  'landing/stocks/2024.csv':
    'Symbol;Tag;Kurs;Menge;WKN;Kommentar\nVW;02.01.2024;100,00;5;766403;"gut; besser"\n',
};

/** Imports, and applies what was written: the second plan finds nothing to do. */
async function importAndApply(project: CliProject, args: readonly string[]): Promise<string> {
  const imported = await runInside(project, ['import', ...args]);
  expect(imported).toMatchObject({ stderr: '', exitCode: 0 });
  expect(await runInside(project, ['apply', '--yes'])).toMatchObject({ exitCode: 0 });
  const { stdout } = await runInside(project, ['plan']);
  expect(stdout).toContain('No changes.');
  return imported.stdout;
}

async function writeParquet(project: CliProject, name: string, query: string): Promise<void> {
  await mkdir(path.dirname(project.path(name)), { recursive: true });
  await withSession((session) =>
    session.query(`copy (${query}) to '${project.path(name)}' with (format parquet)`),
  );
}

test('CSV files of which some lack a column, as terminal text and file', async () => {
  const project = await createProject(stocks);
  const report = await importAndApply(project, ['csv', 'landing/stocks/*.csv', '--name', 'stocks']);
  expectGolden('import/csv.txt', `${report}\n${await project.read('pipelines/stocks.yaml')}`);
});

test('Parquet files, as terminal text and file', async () => {
  const project = await createProject();
  const first = `select 1::int as id, 1.5::numeric(10,2) as amount, timestamp '2024-02-29 10:00:00' as seen, 'x'::text as email`;
  await writeParquet(project, 'data/1.parquet', first);
  await writeParquet(
    project,
    'data/2.parquet',
    `select 2::bigint as id, 2.5::numeric(10,2) as amount, timestamptz '2024-02-29 10:00:00+00' as at, 'y'::text as email`,
  );
  const report = await importAndApply(project, ['parquet', 'data/*.parquet', '--name', 'flights']);
  const size = / \([\d.]+ k?B\)/;
  expectGolden(
    'import/parquet.txt',
    `${report.replace(size, ' (size)')}\n${await project.read('pipelines/flights.yaml')}`,
  );
});

const fixture = (name: string) =>
  path.join(import.meta.dirname, '..', 'sources', 'parquet', 'fixtures', `${name}.parquet`);

test('nested columns of Parquet are left out by name', async () => {
  const project = await createProject();
  await mkdir(project.path('data'));
  await copyFile(fixture('nested'), project.path('data/nested.parquet'));
  const report = await importAndApply(project, ['parquet', 'data/nested.parquet']);
  expect(report).toContain('  nested.list (list: nested columns are not read)\n');
});

test.each([
  [
    'texts_brotli',
    /odd\.parquet has no column that can be read: odd\.\w+ \(string, compressed with brotli: Hyper does not unpack it\).*\[EXT2115\]\n {2}= write the file with zstd or snappy, or leave it out of the pattern\n/,
  ],
  [
    'decimal_wide',
    /odd\.parquet has no column that can be read: odd\.\w+ \(decimal\(\d+,\d+\).*: Hyper reads decimals of at most 38 digits in 16 bytes\).*\n {2}= write them as decimals of at most 38 digits, or as text\n/,
  ],
  [
    'no_columns',
    /odd\.parquet has no column that can be read {2}\[EXT2115\]\n {2}= the file has no columns: write some, or leave it out of the pattern\n/,
  ],
])('Parquet of which no column is read says why: %s', async (name, message) => {
  const project = await createProject();
  await mkdir(project.path('data'));
  await copyFile(fixture(name), project.path('data/odd.parquet'));
  const { stderr, exitCode } = await runInside(project, ['import', 'parquet', 'data/odd.parquet']);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(1);
});

test('one Parquet file among others that is packed otherwise is named', async () => {
  const project = await createProject();
  await mkdir(project.path('data'));
  for (const name of ['texts_brotli', 'texts_gzip', 'texts_zstd'])
    await copyFile(fixture(name), project.path(`data/${name}.parquet`));
  const { stderr } = await runInside(project, ['import', 'parquet', 'data/*.parquet', '--name', 'odd']);
  expect(stderr).toMatch(
    /the 3 files have no column that can be read: odd\.\w+ \(string, compressed with brotli in data\/texts_brotli\.parquet: Hyper/,
  );
});

test('objects of a bucket, packed with gzip', async () => {
  const project = await createProject();
  await standIn.control.put('landing', 'sales/1.csv.gz', gzipSync('id,amount\n1,1.5\n'));
  await standIn.control.put('landing', 'sales/2.csv.gz', gzipSync('id,amount\n2,-\n'));
  const { accessKeyId, secretAccessKey } = standIn.credentials;
  const args = [
    'csv',
    's3://landing/sales/*.csv.gz',
    '--endpoint',
    standIn.endpoint,
    '--region',
    'us-east-1',
  ];
  const variables = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  // The SDK of AWS reads the variables of the process.
  const { stdout, exitCode } = await project.run(['import', ...args], variables);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Read 2 files');
  expect(await project.run(['apply', '--yes'], variables)).toMatchObject({ exitCode: 0 });
  expect((await project.run(['plan'], variables)).stdout).toContain('No changes.');
  const file = await project.read('pipelines/sales.yaml');
  expect(file).toContain('bucket: landing');
  expect(file).not.toContain(secretAccessKey);
});

test('a long file is read in part, and says so', async () => {
  // Long lines make a long file of few rows, which are quickly read.
  const rows = Array.from({ length: 11_000 }, (_, row) => `${row},1.5,${'x'.repeat(480)}\n`);
  const project = await createProject({ 'data/long.csv': `id,amount,note\n${rows.join('')}` });
  const report = await importAndApply(project, ['csv', 'data/long.csv']);
  expect(report).toContain('Read the first 4 MiB of data/long.csv (5.4 MB in all)');
  const file = await project.read('pipelines/long.yaml');
  expect(file).toContain(
    '# guessed from the first 4 MiB of data/long.csv: a later value that does not fit stops apply at its line\n',
  );
  expect(file).toContain('amount: numeric(18,4)');
});

test('names of files with signs of patterns, blanks and references in them', async () => {
  const project = await createProject({ 'data/a [1] ${x}.csv': 'id,${y}\n1,2\n' });
  await importAndApply(project, ['csv', 'data/a [1] ${x}.csv', '--name', 'odd']);
});

test('a data source is generated of files', async () => {
  const project = await createProject(stocks);
  const args = ['csv', 'landing/stocks/*.csv', '--name', 'stocks', '--template', 'generate', '--to', 'file'];
  await importAndApply(project, args);
});

test('--json has the tables', async () => {
  const project = await createProject(stocks);
  const { stdout } = await runInside(project, ['import', 'csv', 'landing/stocks/2023.csv', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ name: 'stocks', tables: [{ name: 'stocks', rows: 2 }] });
});

test.each<[string, Record<string, string | Uint8Array>, string[], string]>([
  [
    'no file matches',
    {},
    ['csv', 'data/*.csv'],
    'error  no file matches "data/*.csv"  [EXT2101]\n  = letter case matters; a pattern in quotes reaches extracts as it is: * matches within a folder, ** in all below\n',
  ],
  [
    'a folder',
    { 'data/a.csv': 'a\n' },
    ['csv', 'data/'],
    "error: data/ is a folder\n  = give a pattern in quotes, such as 'data/*.csv'\n",
  ],
  [
    'a zip archive',
    { 'data/a.csv': 'PK\u0003\u0004rest' },
    ['csv', 'data/a.csv'],
    'error  data/a.csv is a zip archive, not text  [EXT2110]\n  = unpack one of its files and import that; a pipeline reads the archive with format: {type: csv, compression: zip} in its source\n',
  ],
  [
    'an Excel workbook',
    { 'data/a.xlsx': 'PK\u0003\u0004......[Content_Types].xml' },
    ['csv', 'data/a.xlsx'],
    'error  data/a.xlsx is an Excel workbook (.xlsx), not text  [EXT2110]\n  = extracts import xlsx reads it\n',
  ],
  [
    'JSON lines',
    { 'data/a.jsonl': '{"id": 1}\n{"id": 2}\n' },
    ['csv', 'data/a.jsonl'],
    'error  data/a.jsonl is JSON, not a table of text  [EXT2110]\n  = extracts import jsonl reads one object in each line; convert other JSON to that, CSV or Parquet, or leave it out of the pattern\n',
  ],
  [
    'bytes that are no text',
    { 'data/a.csv': Uint8Array.of(1, 0, 2, 255, 129, 0, 7) },
    ['csv', 'data/a.csv'],
    'error  data/a.csv is not text in UTF-8, UTF-16 or windows-1252  [EXT2110]\n  = if it is text, save it as UTF-8; otherwise leave it out of the pattern\n',
  ],
  [
    'Parquet that is named CSV',
    { 'data/a.csv': 'PAR1\u0015\u0004' },
    ['csv', 'data/a.csv'],
    'error  data/a.csv is a Parquet file, not text  [EXT2110]\n  = extracts import parquet reads it\n',
  ],
  [
    'CSV that is named Parquet',
    { 'data/a.parquet': 'id,name\n1,a\n' },
    ['parquet', 'data/a.parquet'],
    'error  data/a.parquet is no Parquet file: it does not end with PAR1  [EXT2102]\n  = extracts import csv reads text; otherwise leave it out of the pattern\n',
  ],
  [
    'an empty file',
    { 'data/a.csv': '' },
    ['csv', 'data/a.csv'],
    'error  data/a.csv is empty  [EXT2111]\n  = an import needs a file with a header or a row\n',
  ],
  [
    'a record of more fields',
    { 'data/a.csv': 'id,v\n1,2\n1,2\n1,2,3\n4,5\n' },
    ['csv', 'data/a.csv'],
    'error  data/a.csv:4: line 4 (record 3) has 3 fields, expected 2  [EXT2103]\n  = enclose values that contain the delimiter in quotes, or list all columns that the file has\n',
  ],
  [
    'files and objects',
    {},
    ['csv', 'a.csv', 's3://b/c.csv'],
    'error: the files of one table are in one bucket, or all local\n  = s3://bucket/prefix/*.csv names objects of a bucket\n',
  ],
])('%s is refused with the remedy', async (_, files, args, message) => {
  const project = await createProject();
  for (const [name, content] of Object.entries(files)) await project.write(name, content);
  const refused = await runInside(project, ['import', ...args]);
  expect(settle(refused.stderr, project)).toBe(message);
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stdout).toBe('');
});

test.skipIf(process.getuid?.() === 0)('a file that may not be read is named', async () => {
  const project = await createProject({ 'data/a.csv': 'id\n1\n' });
  await chmod(project.path('data/a.csv'), 0);
  const { stderr, exitCode } = await runInside(project, ['import', 'csv', 'data/a.csv']);
  expect(stderr).toContain('cannot read data/a.csv');
  expect(exitCode).toBe(1);
});
