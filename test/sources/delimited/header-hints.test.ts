import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { CsvFormat } from '../../../src/model/config/source.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import { layOutParquet } from '../../../src/sources/parquet/layout.ts';
import { readLayout } from '../../../src/sources/delimited/layout.ts';
import { plainCsv } from '../../support/csv/text-loads.ts';
import { table } from '../../support/pipelines.ts';

const file = { shown: 'd.csv', facts: { path: 'd.csv', name: 'd.csv', last_modified: '' } };

async function hintFor(wanted: Table, text: string, format: Partial<CsvFormat> = {}) {
  async function* chunks() {
    yield await Promise.resolve(Buffer.from(text));
  }
  const layout = await readLayout(wanted, { ...plainCsv, ...format }, chunks(), file);
  return 'problem' in layout ? layout.problem.hint : undefined;
}

interface WrittenFormat {
  delimiter?: string;
  skip_lines?: number;
}

/** The format in a hint, as the YAML that a user pastes. */
function formatIn(hint = ''): Partial<CsvFormat> {
  const [, pasted = '{}'] = /set format: (\{.*\})$/.exec(hint) ?? [];
  const { skip_lines: skipLines, ...rest } = parse(pasted) as WrittenFormat;
  return { ...rest, ...(skipLines !== undefined && { skipLines }) };
}

const amounts = table('t', { id: 'int', amount: 'int' });

test.each([
  ['Report of May;;\n\nid;amount\n1;2\n', ';', 'line 3 has these names: set format: {skip_lines: 2}'],
  [
    'Sales, 2024\r\nCreated today\r\n\r\nid;amount\r\n1;2\r\n',
    ',',
    'line 4 has these names: set format: {delimiter: ";", skip_lines: 3}',
  ],
  ['Sales 2024\n"amount"|"id"\n', '|', 'line 2 has these names: set format: {skip_lines: 1}'],
  ['title\nid,amount\n', ',', 'line 2 has these names: set format: {skip_lines: 1}'],
  ['id^amount\n1^2\n', ',', 'line 1 has these names: set format: {delimiter: "^"}'],
  ['id\u0001amount\n', ',', 'line 1 has these names: set format: {delimiter: "\\u0001"}'],
])('a header that is found elsewhere: %j', async (text, delimiter, hint) => {
  const format = { delimiter };
  expect(await hintFor(amounts, text, format)).toBe(hint);
  expect(await hintFor(amounts, text, { ...format, ...formatIn(hint) })).toBeUndefined();
});

test('lines that are skipped already are not a header, and count', async () => {
  const text = 'id,amount\ntitle\nid,amount\n';
  const hint = 'line 3 has these names: set format: {skip_lines: 2}';
  expect(await hintFor(amounts, text, { skipLines: 1 })).toBe(hint);
  expect(await hintFor(amounts, text, { skipLines: 2 })).toBeUndefined();
});

/** The command that prints the columns of the file. */
const command = ' (all columns: extracts import csv pipelines/d.csv --out -)';

test('a column that some files lack may be optional', async () => {
  const wanted = table('t', { a: 'int', b: 'numeric(18,2) not null' });
  expect(await hintFor(wanted, 'a\n1\n')).toBe(
    `its header has "a"; if only some files have the column, write {type: "numeric(18,2)", optional: true}${command}`,
  );
  const columns = wanted.columns.map((one) =>
    one.name === 'b' ? { ...one, notNull: false, optional: true as const } : one,
  );
  expect(await hintFor({ ...wanted, columns }, 'a\n1\n')).toBeUndefined();
});

test('a name that is nearly the same is suggested as YAML, unless another column takes it', async () => {
  const hint = `did you mean "Name"? Then write from: "Name" in the column${command}`;
  expect(await hintFor(table('t', { id: 'int', name: 'text' }), 'id,Name\n')).toBe(hint);
  const both = table('t', { Name: 'text', name: 'text' });
  expect(await hintFor(both, 'id,Name\n')).toBe(
    `its header has "id", "Name"; if only some files have the column, write {type: text, optional: true}${command}`,
  );
});

test('a blank name in a header is never what was meant', async () => {
  expect(await hintFor(table('t', { a: 'int' }), 'Report of May,,\n')).toBe(
    `its header has "Report of May", "", ""; if only some files have the column, write {type: int, optional: true}${command}`,
  );
});

test('Parquet files have the same remedies', () => {
  const columns = [
    { name: 'a', type: 'int32', hyper: { kind: 'int' as const }, nullable: true, compressedBytes: 0 },
  ];
  const found = layOutParquet(table('t', { a: 'int', b: 'date' }), { rows: 1, bytes: 0, columns }, file);
  expect(found).toMatchObject({
    problems: [
      {
        hint: 'it has "a"; if only some files have the column, write {type: date, optional: true} (all columns: extracts import parquet pipelines/d.csv --out -)',
      },
    ],
  });
});
