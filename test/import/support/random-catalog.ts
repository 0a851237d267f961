import fc from 'fast-check';
import pg from 'pg';

/** A table with an integer `id`, columns of any type, and references to tables by their position. */
export interface RandomTable {
  schema: 'public' | 'Other Schema';
  name: string;
  id: string;
  hasKey: boolean;
  columns: readonly { name: string; type: string; notNull: boolean; values: readonly (string | null)[] }[];
  /** Each makes a column that refers to the id of that table, itself included. */
  references: readonly number[];
}

/** Values as SQL literals without quotes, for each type: the limits, and what has a form of its own. */
const types: Readonly<Record<string, readonly string[]>> = {
  boolean: ['t', 'f'],
  smallint: ['-32768', '32767', '0'],
  integer: ['-2147483648', '2147483647'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
  real: ['1.1', 'NaN', '-Infinity', '3.4e38'],
  'double precision': ['0.1', 'NaN', 'Infinity', '1e-300', '-0'],
  numeric: [
    '0',
    '-1.5',
    '123456789012345678.25',
    '0.0000001',
    'NaN',
    '99999999999999999999999999999999999999999',
  ],
  'numeric(10,2)': ['12345678.91', '-0.01', 'NaN'],
  'numeric(40,3)': ['1.125'],
  'numeric(38,0)': ['99999999999999999999999999999999999999'],
  money: ['12.30', '-92233720368547758.08'],
  text: ['', ' ', 'a"b\'c', 'a\tb\nc\\d', '${env.HOME}', 'ü€😀', '\\N'],
  'character varying(12)': ['', 'x  ', 'äöü'],
  'character(5)': ['ab', ''],
  '"char"': ['x'],
  name: ['n'],
  citext_like: ['Enum A', 'b,c'],
  uuid: ['00000000-0000-0000-0000-000000000001'],
  json: ['{"a": [1, null]}', '"x"'],
  jsonb: ['{"a": 1}', 'null'],
  bytea: ['\\x00ff', '\\x'],
  date: ['2024-02-29', '0001-01-01', 'infinity', '4713-01-01 BC'],
  timestamp: ['2024-02-29 23:59:59.999999', '-infinity', '0044-03-15 00:00:00 BC'],
  timestamptz: ['2024-02-29 23:59:59.5+00', 'infinity', '1890-01-01 00:00:00+00'],
  time: ['00:00:00', '23:59:59.999999', '24:00:00'],
  timetz: ['10:00:00+02'],
  interval: ['1 year 2 mons 3 days 04:05:06.789', '-1 day', '0'],
  'integer[]': ['{1,NULL,3}', '{}', '{{1,2},{3,4}}'],
  'text[]': ['{"a,b",c}'],
  int4range: ['[1,5)', 'empty'],
  inet: ['10.0.0.0/8'],
  'bit(3)': ['101'],
  xml: ['<a/>'],
  tsvector: ["'a' 'b'"],
  point: ['(1,2)'],
  oid: ['4294967295'],
  positive: ['1', '7'],
  pair: ['(1,x)'],
};

/** Types that the catalog defines: an enum, a domain and a composite type. */
const prelude = `
  create schema "Other Schema";
  create type citext_like as enum ('Enum A', 'b,c');
  create domain positive as integer check (value > 0);
  create type pair as (n int, t text);`;

const name = fc.oneof(
  fc.constantFrom(
    'on', 'no', 'null', '~', '1e3', 'a.b', 'a"b', "a'b", 'Two Words', 'select', 'ümlaut', 'x: y', '#c', '- d', '${env.HOME}', '1',
    '0x1f', '<<', 'true', '2020-01-01', '12:30', 'constructor', '{a}', '[b]', '*c', '&d', '!e', '%f', 'a\tb', ' lead', 'trail ',
    'email', 'updated_at', 'A', 'a', ',', '?', '|', 'a\nb',
  ), // prettier-ignore
  fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }).filter((text) => isName(text)),
);

/** PostgreSQL refuses NUL and cuts names at 63 bytes; lone surrogates are no characters. */
function isName(text: string): boolean {
  return !text.includes('\0') && !/\p{Cs}/u.test(text) && Buffer.byteLength(text) < 60;
}

const column = fc.constantFrom(...Object.keys(types)).chain((type) =>
  fc.record({
    name,
    type: fc.constant(type),
    notNull: fc.boolean(),
    values: fc.array(fc.option(fc.constantFrom(...(types[type] ?? [])), { freq: 4 }), {
      minLength: 3,
      maxLength: 3,
    }),
  }),
);

/** Catalogs of one to four tables. */
export const randomCatalog: fc.Arbitrary<readonly RandomTable[]> = fc
  .array(
    fc.record({
      schema: fc.constantFrom('public' as const, 'Other Schema' as const),
      name,
      id: name,
      hasKey: fc.boolean(),
      columns: fc.uniqueArray(column, { minLength: 1, maxLength: 9, selector: (one) => one.name }),
      references: fc.array(fc.nat(3), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((tables) =>
    tables
      .filter((one, index) => tables.findIndex((other) => keyOf(other) === keyOf(one)) === index)
      .map((one) => ({ ...one, columns: one.columns.filter((column) => column.name !== one.id) }))
      .filter(({ columns }) => columns.length > 0),
  )
  .filter((tables) => tables.length > 0);

const keyOf = ({ schema, name }: RandomTable) => `${schema}.${name}`;
const quote = pg.escapeIdentifier;

export function sqlName({ schema, name }: RandomTable): string {
  return `${quote(schema)}.${quote(name)}`;
}

/** The statements that create the catalog with three rows in each table. */
export function createStatements(tables: readonly RandomTable[]): string[] {
  const creates = tables.map((table) => {
    const columns = table.columns.map(
      ({ name, type, notNull, values }) =>
        `${quote(name)} ${type}${notNull && !values.includes(null) ? ' not null' : ''}`,
    );
    return `create table ${sqlName(table)} (${[`${quote(table.id)} int${table.hasKey ? ' primary key' : ''}`, ...columns].join(', ')})`;
  });
  const inserts = tables.flatMap((table) =>
    [0, 1, 2].map((row) => {
      const values = table.columns.map(({ type, values }) => {
        const value = values[row];
        return value === null || value === undefined ? 'null' : `${pg.escapeLiteral(value)}::${type}`;
      });
      return `insert into ${sqlName(table)} values (${[String(row + 1), ...values].join(', ')})`;
    }),
  );
  const references = tables.flatMap((table, index) =>
    table.references.flatMap((position, n) => {
      const target = tables[position];
      if (target?.hasKey !== true) return [];
      const column = quote(`ref ${index} ${n}`);
      return [
        `alter table ${sqlName(table)} add ${column} int references ${sqlName(target)}`,
        `update ${sqlName(table)} set ${column} = ${quote(table.id)}`,
      ];
    }),
  );
  return [prelude, ...creates, ...inserts, ...references];
}
