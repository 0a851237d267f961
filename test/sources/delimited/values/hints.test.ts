import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { valueRule, type ValueFormat } from '../../../../src/sources/delimited/values/index.ts';
import { table } from '../../../support/pipelines.ts';

const plain: ValueFormat = { dateOrder: 'MDY', decimal: '.' };

function read(type: string, text: string, format: Partial<ValueFormat> = {}) {
  const [column] = table('t', { a: type }).columns;
  const rule = column && valueRule(column, { ...plain, ...format });
  if (rule === undefined) throw new Error(`${type} has no rule`);
  return rule.read(text);
}

const present = { decimal: ',', thousands: '.' } as const;

test.each([
  ['1.5', present, 'set format: {decimal: ".", thousands: null}'],
  ['1234.567', present, 'set format: {decimal: ".", thousands: null}'],
  ['1,234.5', present, 'set format: {decimal: ".", thousands: ","}'],
  ['1\u00a0234,5', present, 'set format: {decimal: ",", thousands: "\\u00a0"}'],
  ['1,234.5', {}, 'set format: {thousands: ","}'],
  ['1.5', { decimal: ',' }, 'set format: {decimal: "."}'],
  ['1,5', { thousands: ' ' }, 'set format: {decimal: ",", thousands: null}'],
] as const)('the format in the hint for %j is complete beside %j', (text, format, hint) => {
  expect(read('numeric(18,3)', text, format)).toMatchObject({ hint });
  const [, pasted = ''] = /format: (\{.*?\})/.exec(hint) ?? [];
  const { thousands, ...rest } = parse(pasted) as { decimal?: ','; thousands?: ',' | null };
  const merged = {
    ...plain,
    ...format,
    ...rest,
    ...(thousands !== undefined && { thousands: thousands ?? undefined }),
  };
  expect(read('numeric(18,3)', text, merged as ValueFormat)).toHaveProperty('text');
});

test.each([
  [
    'numeric(18,2)',
    '\u221212,50',
    'the text contains the character U+2212, which looks like a blank, a sign or nothing',
    'write - in the file instead, or declare the column as text',
  ],
  [
    'numeric(18,2)',
    'EUR 12,50',
    'letters are not read as part of a number',
    'write the number alone in the file, or declare the column as text',
  ],
  ['int', ' ', 'a blank is not a number', 'correct the file, or declare the column as text'],
  [
    'boolean',
    'Ja',
    'only English words are read, such as yes and no',
    'write true or false in the file, or declare the column as text',
  ],
  [
    'date',
    '45657',
    'a number is not a date',
    'if it is the number by which Excel counts days, give the column a date format there and save the file again; or declare the column as numeric(18,6)',
  ],
  [
    'timestamp',
    '2024-05',
    'a month or a week is not a date',
    'write its first day in the file, such as 2024-05-01, or declare the column as text',
  ],
  [
    'date',
    '2024-W05-1',
    'a month or a week is not a date',
    'write its first day in the file, such as 2024-05-01, or declare the column as text',
  ],
  [
    'date',
    'Wed May 01 2024 10:00:00 GMT+0200',
    'not a date',
    'write 2024-12-31 in the file, or declare the column as text',
  ],
  [
    'date',
    '13/14/2024',
    'there is no such day',
    'write 2024-12-31 in the file, or declare the column as text',
  ],
])('%s: %j is called what it is, and the remedy can help', (type, text, problem, hint) => {
  expect(read(type, text, { decimal: ',' })).toMatchObject({ problem, hint });
});
