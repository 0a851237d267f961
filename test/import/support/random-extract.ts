import fc from 'fast-check';
import pg from 'pg';
import { identifier, literal, tableName } from '../../../src/hyper/sql.ts';
import { randomName } from './random-catalog.ts';

/** A table of an extract with an `id`, its key, and columns of any type of Hyper. */
export interface RandomExtractTable {
  schema: string;
  name: string;
  columns: readonly RandomExtractColumn[];
}

export interface RandomExtractColumn {
  name: string;
  type: string;
  notNull: boolean;
  /** One for each row, as text without quotes. */
  values: readonly (string | null)[];
}

/** The first table refers to each of the others. */
export interface RandomExtract {
  version: 2 | 3 | 4;
  tables: readonly RandomExtractTable[];
}

export const rows = 3;

/** Values for each type of Hyper: the limits, and what has a form of its own. */
const types: Readonly<Record<string, readonly string[]>> = {
  boolean: ['true', 'false'],
  smallint: ['-32768', '32767'],
  int: ['-2147483648', '2147483647'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
  real: ['1.5', 'NaN', '-Infinity', '0.1'],
  'double precision': ['0.1', 'NaN', 'Infinity', '1e-300', '-0', '3.0056781346488083'],
  'numeric(5,0)': ['99999', '-1'],
  'numeric(18,4)': ['12345678901234.5678', '-0.0001'],
  'numeric(38,10)': ['-1234567890123456789012345678.0123456789', '0'],
  text: ['', ' ', 'a"b\'c', 'a\tb\nc\\d', '${env.HOME}', 'ü€😀', '\\N'],
  'varchar(12)': ['', 'x  ', 'äöü'],
  'char(5)': ['ab', 'äöüéß'],
  'char(1)': ['x', 'ß'],
  date: ['2024-02-29', '0001-01-01', '9999-12-31'],
  time: ['00:00:00', '23:59:59.999999'],
  timestamp: ['2024-02-29 23:59:59.999999', '0001-01-01 00:00:00'],
  timestamptz: ['2024-02-29 23:59:59.5+00', '1890-01-01 00:00:00+00'],
  interval: ['1 year 2 months 3 days 04:05:06.789', '-1 day', '0 days'],
  bytes: ['\\x00ff', '\\x'],
  json: ['{"a": [1, null]}', '"x"'],
  geography: ['POINT(13.5 52.25)', 'POINT(-180 0)'],
  oid: ['0', '4294967295'],
};

/** Hyper keeps these types only in newer versions of its files. */
const since: Readonly<Record<string, number>> = { real: 4, 'numeric(38,10)': 3 };

const column = (version: number, name: fc.Arbitrary<string>): fc.Arbitrary<RandomExtractColumn> =>
  fc.constantFrom(...Object.keys(types).filter((type) => (since[type] ?? 0) <= version)).chain((type) =>
    fc.record({
      name,
      type: fc.constant(type),
      notNull: fc.boolean(),
      values: fc.array(fc.option(fc.constantFrom(...(types[type] ?? [])), { freq: 5 }), {
        minLength: rows,
        maxLength: rows,
      }),
    }),
  );

const key: RandomExtractColumn = {
  name: 'id',
  type: 'int',
  notNull: true,
  values: Array.from({ length: rows }, (_, row) => String(row + 1)),
};

/** Extracts with one to three tables, of which the first refers to the others. */
const extractsNamed = (name: fc.Arbitrary<string>): fc.Arbitrary<RandomExtract> =>
  fc.constantFrom(2 as const, 3 as const, 4 as const).chain((version) => {
    const columns = fc
      .uniqueArray(column(version, name), { minLength: 1, maxLength: 9, selector: ({ name }) => name })
      .map((all) => all.filter(({ name }) => name !== key.name && !name.startsWith('to ')));
    const table = fc.record({
      schema: fc.constantFrom('Extract', 'public', 'My "Schema"'),
      name,
      columns,
    });
    return fc
      .uniqueArray(table, { minLength: 1, maxLength: 3, selector: ({ name }) => name })
      .map((found): RandomExtract => {
        const references = found.slice(1).map((_, index) => ({ ...key, name: `to ${index + 1}` }));
        const tables = found.map((one, index) => ({
          ...one,
          // A foreign key is within one schema.
          schema: found[0]?.schema ?? one.schema,
          columns: [key, ...one.columns, ...(index === 0 ? references : [])],
        }));
        return { version, tables };
      });
  });

export const randomExtract = extractsNamed(randomName);

/** Extracts for a data source: no XML file can hold control characters. */
export const randomDataSource = extractsNamed(
  randomName.filter((text) => !/[\p{Cc}\ufffe\uffff]/u.test(text)),
);

const isNotNull = ({ notNull, values }: RandomExtractColumn) => notNull && !values.includes(null);

/** The statements that make the extract, which is attached as `alias`. */
export function extractStatements({ tables }: RandomExtract, alias: string): string[] {
  const schemas = [...new Set(tables.map(({ schema }) => schema))].filter((schema) => schema !== 'public');
  const at = ({ schema, name }: RandomExtractTable) => tableName(alias, schema, name);
  const [facts, ...others] = tables;
  return [
    ...schemas.map((schema) => `create schema ${identifier(alias)}.${identifier(schema)}`),
    ...tables.flatMap((table) => [
      `create table ${at(table)} (${table.columns.map((one) => `${identifier(one.name)} ${one.type}${isNotNull(one) ? ' not null' : ''}`).join(', ')})`,
      `alter table ${at(table)} add assumed primary key ("id")`,
      ...key.values.map((_, row) => `insert into ${at(table)} values (${valuesOf(table, row, literal)})`),
    ]),
    ...others.map(
      (other, index) =>
        `alter table ${facts === undefined ? '' : at(facts)} add assumed foreign key (${identifier(`to ${index + 1}`)}) references ${at(other)} ("id")`,
    ),
  ];
}

/** The statements that make a table in PostgreSQL, which has no geography. */
export function databaseStatements(
  { schema, name }: { schema?: string; name: string },
  columns: readonly RandomExtractColumn[],
): string[] {
  const quote = pg.escapeIdentifier;
  const typeOf = (type: string) => (type === 'bytes' ? 'bytea' : type === 'geography' ? 'text' : type);
  const there = columns.map((one) => ({ ...one, type: typeOf(one.type) }));
  const at = `${schema === undefined ? '' : `${quote(schema)}.`}${quote(name)}`;
  return [
    ...(schema === undefined ? [] : [`create schema if not exists ${quote(schema)}`]),
    `create table ${at} (${there.map((one) => `${quote(one.name)} ${one.type}`).join(', ')})`,
    ...key.values.map(
      (_, row) => `insert into ${at} values (${valuesOf({ columns: there }, row, pg.escapeLiteral)})`,
    ),
  ];
}

function valuesOf(
  { columns }: Pick<RandomExtractTable, 'columns'>,
  row: number,
  quote: (text: string) => string,
): string {
  return columns
    .map(({ type, values }) => {
      const value = values[row];
      return value === null || value === undefined ? 'null' : `${quote(value)}::${type}`;
    })
    .join(', ');
}
