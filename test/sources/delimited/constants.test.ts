import { expect, test } from 'vitest';
import type { Column } from '../../../src/model/config/pipeline.ts';
import { constantsOf } from '../../../src/sources/delimited/constants.ts';
import { zonelessNote } from '../../../src/sources/delimited/zoneless-note.ts';
import { table } from '../../support/pipelines.ts';
import { column } from './values/support.ts';

const file = (path: string) => ({
  shown: path,
  facts: { path, name: path, last_modified: '2024-12-31T23:30:00.123Z' },
});
const added = (type: string, settings: Partial<Column> = {}) =>
  column(type, {
    name: 'day',
    origin: { kind: 'file', template: '${file.name}', pattern: '_(.*)\\.csv$' },
    ...settings,
  });
const of = (one: Column, path: string, order?: 'DMY' | 'MDY') => {
  try {
    return constantsOf({ ...table('t', {}), columns: [one] }, file(path), order && { dateOrder: order })[0]
      ?.text;
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string };
    return `${code}: ${message} = ${hint}`;
  }
};

test.each([
  ['date', 'a_2024-12-31.csv', '2024-12-31'],
  [
    'date',
    'a_2024-12-31 10:00.csv',
    'EXT2105: "day" (date) of a_2024-12-31 10:00.csv: a date with a time, which date does not hold; the value is "2024-12-31 10:00" = declare the column as timestamp, or write the date alone in the name of the file',
  ],
  [
    'date',
    'a_today.csv',
    'EXT2105: "day" (date) of a_today.csv: the word today stands for a moment that the file does not say; the value is "today" = write the date in the name of the file, or declare the column as text',
  ],
  [
    'int',
    'a_1,234.csv',
    'EXT2105: "day" (int) of a_1,234.csv: the decimal sign is ".", and groups of digits are not separated; the value is "1,234" = write a pattern that finds the digits alone, or declare the column as text',
  ],
  ['numeric(10,2)', 'a_1.50.csv', '1.50'],
])('an added %s of %s', (type, path, expected) => {
  expect(of(added(type), path)).toBe(expected);
});

test('hints speak of the name of the file, and of no file where another fact is added', () => {
  const hintOf = (one: Column, name: string) => of(one, name)?.replace(/.* = /, '');
  expect(hintOf(added('boolean'), 'a_maybe.csv')).toBe(
    'write true or false in the name of the file, or declare the column as text',
  );
  expect(hintOf(added('int'), 'a_abc.csv')).toBe('rename the file, or declare the column as text');
  const modified = { origin: { kind: 'file', template: '${file.last_modified}' } } as const;
  for (const type of ['int', 'boolean', 'time']) {
    expect(hintOf(added(type, modified), 'a.csv')).toBe('declare the column as text');
  }
});

test('an added column has the settings of its table', () => {
  const modified = { origin: { kind: 'file', template: '${file.last_modified}' } } as const;
  expect(of(added('timestamptz', modified), 'a')).toBe('2024-12-31T23:30:00.123Z');
  expect(of(added('date', { ...modified, atZone: 'Europe/Berlin' }), 'a')).toBe('2025-01-01');
  expect(of(added('timestamp', modified), 'a')).toMatch(
    /^EXT2105: .* an instant, of which timestamp would drop/,
  );
  expect(of(added('numeric(10,1)', { round: 'half_up' }), 'a_1.25.csv')).toBe('1.25');
});

test('dates are read in the order of the format, and a sensitive value is masked', () => {
  expect(of(added('date'), 'a_31.12.2024.csv', 'DMY')).toBe('31.12.2024');
  expect(of(added('date'), 'a_01.02.2024.csv', 'MDY')).toBe(
    'EXT2105: "day" (date) of a_01.02.2024.csv: day and month can be read in two ways; the value is "01.02.2024" = set format: {date_order: DMY} if it is 2024-02-01, or {date_order: MDY} if it is 2024-01-02',
  );
  expect(of(added('date'), 'a_01.02.2024.csv')).toMatch(
    / = write the date in the name year first, such as 2024-12-31, or declare the column as text$/,
  );
  expect(of(added('date', { sensitive: true }), 'a_secret.csv')).toContain('the value is •••');
});

test('text without an offset is noted once for a table, unless at_zone sets its zone', () => {
  const columns = [
    column('timestamptz', { name: 'a' }),
    column('timestamptz', { name: 'b' }),
    column('timestamptz', { name: 'c', atZone: 'UTC' }),
    column('timestamp', { name: 'd' }),
  ];
  const notes = (some: Column[]) =>
    zonelessNote({ ...table('t', {}), columns: some }).map(({ code, severity, message }) => [
      ...[code, severity, message],
    ]);
  expect(notes(columns)).toEqual([
    ['EXT2121', 'note', 'table "t": text without an offset would be read as UTC in "a", "b"'],
  ]);
  expect(notes(columns.slice(2))).toEqual([]);
});
