import { expect, it } from 'vitest';
import type { CsvFormat } from '../../../src/model/config/source.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import { readLayout } from '../../../src/sources/delimited/layout.ts';
import { layOutParquet } from '../../../src/sources/parquet/layout.ts';
import { table } from '../../support/pipelines.ts';
import { csv } from '../s3/lake.ts';

const file = { shown: 'b.csv', facts: { path: 'b.csv', name: 'b.csv', last_modified: '' } };

function wanting(...names: string[]): Table {
  const whole = table('t', Object.fromEntries(['k', ...names].map((name) => [name, 'text'])));
  const columns = whole.columns.map((one) => (one.name === 'k' ? one : { ...one, optional: true as const }));
  return { ...whole, columns };
}

/** What is said of a file with this header, as CSV and as Parquet; the absent columns if nothing is wrong. */
async function said(wanted: Table, header: readonly string[]) {
  const format: CsvFormat = { ...csv, header: true };
  async function* text() {
    yield await Promise.resolve(Buffer.from(`${header.map((name) => `"${name}"`).join(',')}\n`));
  }
  const byCsv = await readLayout(wanted, format, text(), file);
  const columns = header.map((name) => ({
    ...{ name, type: 'string', hyper: { kind: 'text' as const }, nullable: true, compressedBytes: 0 },
  }));
  const byParquet = layOutParquet(wanted, { rows: 1, bytes: 0, columns }, file);
  const [problem] = 'problems' in byParquet ? byParquet.problems : [];
  const ofCsv = 'problem' in byCsv ? byCsv.problem : byCsv.absent.map(({ name }) => name);
  const ofParquet = 'problems' in byParquet ? problem : byParquet.absent.map(({ name }) => name);
  expect(ofParquet).toEqual(ofCsv);
  return ofCsv;
}

it.each([
  ['V', '"V"'],
  ['v ', '"v "'],
  [' v', '" v"'],
  ['v\u00a0', '"v\\u00a0"'],
  ['v\u200b', '"v\\u200b"'],
  ['\uff36', '"\uff36"'],
])('an optional column is not NULL where the file has %j', async (name, shown) => {
  expect(await said(wanting('v'), ['k', name])).toMatchObject({
    code: 'EXT2113',
    severity: 'error',
    message: `b.csv has no column "v", but ${shown}`,
    hint:
      `an optional column is NULL only where no name is like its own: rename ${shown} in the file, or write from: ${shown} ` +
      `if all files have it so; if it is another column, list that too: {type: text, from: ${shown}, optional: true}`,
  });
});

it.each([
  [['v'], ['k', 'w'], ['v']],
  [['v'], ['k', 'v', 'V'], []],
  [['v', 'V'], ['k', 'V'], ['v']],
  [['net amount'], ['k', 'net total'], ['net amount']],
])('of %j in %j are absent: %j', async (names, header, absent) => {
  expect(await said(wanting(...names), header)).toEqual(absent);
});
