import { expect, test } from 'vitest';
import { formatColumnType, parseColumnType } from '../../src/model/config/column-type.ts';
import { ownTypeOf } from '../../src/config/values/foreign-types.ts';

const parsed = (text: string) => {
  const type = parseColumnType(text);
  return 'problem' in type ? type.problem : formatColumnType(type);
};

test.each([
  // \d and format_type() of PostgreSQL
  ['character varying(70)', 'varchar(70)'],
  ['character varying', 'text'],
  ['character(2)', 'char(2)'],
  ['timestamp without time zone', 'timestamp'],
  ['timestamp(3) without time zone', 'timestamp'],
  ['timestamp(0) with time zone', 'timestamptz'],
  ['time(6) without time zone', 'time'],
  ['double precision', 'double'],
  ['numeric(10,2)', 'numeric(10,2)'],
  ['uuid', 'text'],
  ['jsonb', 'json'],
  ['bytea', 'bytes'],
  ['inet', 'text'],
  // Spark
  ['tinyint', 'smallint'],
  ['LONG', 'bigint'],
  ['string', 'text'],
  ['decimal(38,18)', 'numeric(38,18)'],
  ['binary', 'bytes'],
  ['timestamp_ntz', 'timestamp'],
  ['timestamp_ltz', 'timestamptz'],
  // Snowflake
  ['NUMBER(38,0)', 'numeric(38,0)'],
  ['VARCHAR(16777216)', 'varchar(16777216)'],
  ['FLOAT', 'double'],
  ['float(53)', 'double'],
  ['TIMESTAMP_NTZ(6)', 'timestamp'],
  ['BINARY(8388608)', 'bytes'],
])('%s is %s', (printed, own) => expect(parsed(printed)).toBe(own));

test.each([
  'TIMESTAMP_NTZ(9)',
  'timestamp(7)',
  'time with time zone',
  'bit(8)',
  'integer[]',
  'number',
  'numeric',
  'float(a)',
])('%s is no type here, because something could be lost', (printed) =>
  expect(parseColumnType(printed)).toHaveProperty('problem'),
);

test.each([
  ['float32', 'double'],
  ['money', 'numeric(21,4)'],
  ['integer[]', 'text'],
  ['bit', 'boolean'],
  ['bit(8)', 'text'],
  ['nvarchar', 'text'],
  ['time with time zone', 'text'],
  ['geometry(Point,4326)', undefined],
])('for %s a message suggests %s', (foreign, own) => {
  expect(ownTypeOf(foreign)).toBe(own);
  if (own !== undefined) expect(parseColumnType(own)).toHaveProperty('kind');
});

test.each(['int', 'itn', 'float)', 'constructor', 'toString'])('%s is no such name', (text) => {
  expect(ownTypeOf(text)).toBeUndefined();
});
