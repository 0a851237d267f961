import { expect, test } from 'vitest';
import { parseColumnType } from '../../src/model/config/column-type.ts';
import { ownTypeOf } from '../../src/config/values/foreign-types.ts';

test.each([
  ['float', 'double'],
  ['float(53)', 'double'],
  ['DATETIME', 'timestamp'],
  ['datetime2(7)', 'timestamp'],
  ['number', 'numeric(18,2)'],
  ['NUMBER(10, 2)', 'numeric(10,2)'],
  ['timestamp  with time zone', 'timestamptz'],
  ['string(5)', 'varchar(5)'],
  ['character(2)', 'char(2)'],
  ['uuid', 'text'],
  ['jsonb', 'json'],
])('%s is written as %s here, which is a type', (foreign, own) => {
  expect(ownTypeOf(foreign)).toBe(own);
  expect(parseColumnType(own)).toHaveProperty('kind');
});

test.each(['int', 'itn', 'float)', 'constructor', 'toString'])('%s is no such name', (text) => {
  expect(ownTypeOf(text)).toBeUndefined();
});
