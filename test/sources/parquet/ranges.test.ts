import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fitParquet, readFooter } from '../../../src/sources/parquet/index.ts';
import { explainParquet } from '../../../src/sources/parquet/explain-refusal.ts';
import { parseColumnType, type ColumnType } from '../../../src/model/config/column-type.ts';
import { column, table } from '../../support/pipelines.ts';
import { fileOf, startEngine, type Engine } from './support/engine.ts';
import { parquetColumn } from './support/write.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

const typeOf = (text: string) => parseColumnType(text) as ColumnType;
const external = (file: string) => `external('${file}', format => 'parquet')`;

/** What is said where hyperd refuses with these words. */
function said(detail: string, type: string, isSensitive = false): string {
  const one = column('a', type, isSensitive ? { sensitive: true } : {});
  const error = explainParquet({ ...table('t', {}), columns: [one] }, { shown: 'a.parquet' }, undefined, {
    message: '',
    detail,
  });
  return `${error.message} = ${error.hint}`;
}

const days = 'Hyper has days from 4713-01-01 BC to 294276-12-31';
const remedy = 'correct the value in the file, or write NULL for it there (some programs write infinity so)';

test.each([
  ['date', 1, 6, 2n ** 31n - 1n, `a date is out of range: ${days}`],
  ['time', 2, 8, 86_400_000_000n, 'a time is out of range: Hyper has times from 00:00 to before 24:00'],
  ['timestamp', 2, 9, 2n ** 62n, `a timestamp is out of range: ${days}`],
])(
  'a %s that Hyper has no place for is not blamed on the writer',
  async (type, physical, converted, value, problem) => {
    const bytes = Buffer.alloc(physical === 1 ? 4 : 8);
    if (physical === 1) bytes.writeInt32LE(Number(value));
    else bytes.writeBigInt64LE(value);
    const file = path.join(engine.folder, `${type}.parquet`);
    await writeFile(file, parquetColumn(physical, { 6: { i32: converted } }, [bytes]));
    const done = await engine.run(`select a::text from ${external(file)}`);
    if (!('error' in done)) throw new Error(JSON.stringify(done));
    expect(said(done.error, type)).toBe(`a.parquet: column "a": ${problem} = ${remedy}`);
  },
);

test.each([
  "row group 0 column chunk for column 'a' of type 'INT64'\ndata page (v1)\nDictionary index 1022 is out of range (1000 values in dictionary).",
  "row group 0 column chunk for column 'a' of type 'INT64'\nReached end of memory while decoding.",
])('a damaged page is not blamed on a value: %j', (detail) => {
  expect(said(detail, 'timestamp')).toMatch(
    /^a\.parquet: Hyper cannot decode column "a": .* = the file may be damaged: copy it again; if it is whole, write the file with another writer/,
  );
});

test('a page that names the column "time" is not a time', () => {
  const detail = "row group 0 column chunk for column 'time' of type 'INT64'\nvalue out of range";
  expect(said(detail, 'bigint')).toContain('column "time": a value is out of range');
});

test('bytes that are missing are damage, not a wrong type', () => {
  const error = explainParquet(table('t', { a: 'text' }), { shown: 'a.parquet' }, undefined, {
    message: 'Referenced region is out of bounds',
  });
  expect(`${error.message} = ${error.hint}`).toBe(
    'a.parquet: Referenced region is out of bounds = the file may be damaged: copy it again, or write it again',
  );
});

async function round(values: readonly string[], from: string, to: string) {
  const file = path.join(engine.folder, 'round.parquet');
  const rows = values.map((value) => `select '${value}'::${from} as a`).join(' union all ');
  const written = await engine.run(`copy (${rows}) to '${file}' with (format parquet)`);
  if ('error' in written) throw new Error(written.error);
  const [found] = (await readFooter(await fileOf(file))).columns;
  const fit = fitParquet(found!, typeOf(to), false, { round: 'half_up' });
  if (!('select' in fit)) throw new Error('it is not cast');
  return engine.run(`select (${fit.select('"a"')})::text from ${external(file)} order by "a"`);
}

test.each([
  ['numeric(10,3)', 'numeric(9,2)', '9999999.994', '9999999.99', '9999999.995', 7, 'numeric(10,2)'],
  ['numeric(10,3)', 'numeric(9,2)', '-9999999.994', '-9999999.99', '-9999999.995', 7, 'numeric(10,2)'],
  ['numeric(5,3)', 'numeric(2,0)', '99.499', '99', '99.500', 2, 'numeric(3,0)'],
  ['numeric(4,3)', 'numeric(3,2)', '9.994', '9.99', '9.995', 1, 'numeric(4,2)'],
  ['numeric(3,3)', 'numeric(2,2)', '0.994', '0.99', '0.995', 0, 'numeric(3,2)'],
  ['numeric(38,3)', 'numeric(37,2)', `${'9'.repeat(35)}.994`, `${'9'.repeat(35)}.99`, `${'9'.repeat(35)}.995`, 35, 'numeric(38,2)'],
])('%s as %s takes %s, and names what grows a digit', async (from, to, kept, rounded, grown, digits, holder) => {
  expect(await round([kept], from, to)).toEqual({ rows: [[rounded]] });
  const done = await round([grown], from, to);
  if (!('error' in done)) throw new Error(JSON.stringify(done));
  const problem = `rounded, it has more than ${digits === 1 ? '1 digit' : `${digits} digits`} before the decimal sign, which ${holder} holds`;
  const hint = `declare the column as ${holder}, or correct the file`;
  expect(said(done.error, to)).toBe(`a.parquet: column "a": ${problem}: ${grown} = ${hint}`);
  expect(said(done.error, to, true)).toBe(`a.parquet: column "a": ${problem}: ••• = ${hint}`);
}); // prettier-ignore

test.each([
  [
    'longer than varchar(3): abcd',
    'declare the column as text, or with a greater length; or correct the file',
  ],
  [
    'this time exists twice in Europe/Berlin: 2024-10-27 02:30:00',
    'load the wall clock as it is: declare the column as timestamp without at_zone; or correct the file',
  ],
])('%s has a remedy in the contract', (problem, hint) => {
  const detail = `invalid input syntax for integer: 'extracts: column "a": ${problem}'`;
  expect(said(detail, 'timestamptz')).toBe(`a.parquet: column "a": ${problem} = ${hint}`);
});
