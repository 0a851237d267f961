import { ordinary, type Shape } from '../postgres.ts';

/** A table of few rows with values that programs often change. */
export interface Special {
  name: string;
  /** Types of PostgreSQL and of the contract. */
  postgres: string;
  contract: string;
  /** In SQL. */
  values: readonly string[];
}

export const specials: readonly Special[] = [
  {
    name: 'numeric(38,10)',
    postgres: 'numeric(38,10)',
    contract: 'numeric(38,10)',
    values: ["'1234567890123456789012345678.0123456789'", '-0.0000000001', '0', 'null'],
  },
  {
    name: 'bigint',
    postgres: 'bigint',
    contract: 'bigint',
    values: ['9223372036854775807', "'-9223372036854775808'", '0', 'null'],
  },
  {
    name: 'double',
    postgres: 'double precision',
    contract: 'double',
    values: ["'NaN'", "'Infinity'", "'-Infinity'", "'-0'", '5e-324', '1.7976931348623157e308', '0.1', 'null'],
  },
  {
    name: 'date',
    postgres: 'date',
    contract: 'date',
    values: ["'0044-03-15 BC'", "'0001-01-01'", "'1582-10-10'", "'9999-12-31'", 'null'],
  },
  {
    name: 'timestamp with µs',
    postgres: 'timestamp',
    contract: 'timestamp',
    values: [
      "'0001-01-01'",
      "'1969-12-31 23:59:59.999999'",
      "'2024-02-29 12:34:56.000001'",
      "'9999-12-31 23:59:59.999999'",
      'null',
    ],
  },
  {
    name: 'timestamptz',
    postgres: 'timestamptz',
    contract: 'timestamptz',
    values: ["'2024-03-31 02:30:00.000001+01'", "'1900-01-01 00:00:00+05:45'", 'null'],
  },
  {
    name: "'infinity'",
    postgres: 'timestamp',
    contract: 'timestamp',
    values: ["'infinity'", "'-infinity'"],
  },
  {
    name: 'text',
    postgres: 'text',
    contract: 'text',
    values: [
      "''",
      'null',
      "'007'",
      "'NULL'",
      String.raw`'\N'`,
      String.raw`'\.'`,
      String.raw`'a\x00\0b'`,
      String.raw`E'a\tb\nc\r\nd'`,
      `'"quoted", with a comma'`,
      "'  spaces  '",
      "'naïve 東京 🙂'",
    ],
  },
  { name: 'uuid', postgres: 'uuid', contract: 'text', values: ['gen_random_uuid()', 'null'] },
  {
    name: 'jsonb',
    postgres: 'jsonb',
    contract: 'text',
    values: [`'{"a": [1, null, "x\\n"]}'`, "'{}'", 'null'],
  },
];

/** The table of a special kind: a key, and a column with the values. */
export const shapeOf = ({ name, postgres, contract, values }: Special): Shape => ({
  name,
  rows: values.length,
  columns: {
    id: ['bigint', 'bigint', 'n'],
    value: [postgres, contract, `(array[${values.join(', ')}]::${postgres}[])[n::int]`],
  },
});

/** The ordinary columns; every eleventh name and every thirteenth amount is NULL. */
export const raced: Shape['columns'] = {
  ...ordinary,
  customer: ['text', 'text', `case when n % 11 > 0 then ${ordinary.customer![2]} end`],
  amount: ['numeric(18,4)', 'numeric(18,4)', `case when n % 13 > 0 then ${ordinary.amount![2]} end`],
  sold_at: ['timestamp', 'timestamp', "timestamp '2020-01-01' + n * interval '1 second 1 microsecond'"],
};
