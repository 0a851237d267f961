import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { contractOf, problemsOf, sourceAt, startEngine, type Engine } from './support.ts';
import { beginRead } from '../../../src/sources/postgres/connection/transaction.ts';

let database: FreshDatabase;
let engine: Engine;
beforeAll(async () => {
  [database, engine] = await Promise.all([freshDatabase(), startEngine()]);
  await database.client.query(`
    create extension hstore; create extension citext;
    create type mood as enum ('sad', 'it''s "ok"', '😀');
    create type pair as (a int, b text);
    create domain positive as int check (value > 0);
    create domain positive_again as positive;
    create domain price as numeric(12,2);
    create domain ints as int[];`);
});
afterAll(() => Promise.all([database.close(), engine.stop()]));

/** A type of PostgreSQL, the contract types that it becomes, and values as SQL. NULL is tried with all of them. */
const cases: [type: string, contracts: string[], values: string[]][] = [
  ['boolean', ['boolean', 'text'], ['true', 'false']],
  [
    'smallint',
    ['smallint', 'int', 'bigint', 'double', 'real', 'numeric(5,0)', 'numeric(9,4)', 'text'],
    ['-32768', '32767', '0'],
  ],
  ['integer', ['int', 'bigint', 'double', 'numeric(10,0)', 'text'], ['-2147483648', '2147483647']],
  [
    'bigint',
    ['bigint', 'numeric(19,0)', 'numeric(38,19)', 'text'],
    ['-9223372036854775808', '9223372036854775807'],
  ],
  ['oid', ['oid', 'bigint', 'numeric(10,0)', 'text'], ['0', '4294967295']],
  [
    'real',
    ['real', 'double', 'text'],
    ["'-0'", "'NaN'", "'Infinity'", "'-Infinity'", '3.4028235e38', '1e-45', '0.1', '16777217'],
  ],
  [
    'double precision',
    ['double', 'text'],
    [
      "'-0'",
      "'NaN'",
      "'Infinity'",
      "'-Infinity'",
      '1.7976931348623157e308',
      '5e-324',
      '2.2250738585072011e-308',
      '0.1',
      '9007199254740993',
      '123456789.12345678',
    ],
  ],
  [
    'numeric',
    ['numeric(38,10)', 'text'],
    ['0', '-0.5', '1234567890123456789012345678.0123456789', '1.500000000000000000', '1e20'],
  ],
  ['numeric', ['text'], ["'NaN'", '1e400', '0.1234567890123456789012345678901234567890']],
  [
    'numeric(38,0)',
    ['numeric(38,0)', 'text'],
    ['99999999999999999999999999999999999999', '-99999999999999999999999999999999999999'],
  ],
  ['numeric(38,38)', ['numeric(38,38)', 'text'], ['0.99999999999999999999999999999999999999']],
  [
    'numeric(12,2)',
    ['numeric(12,2)', 'numeric(38,20)', 'double', 'text'],
    ['9999999999.99', '-9999999999.99', '0.01', '0'],
  ],
  ['numeric(18,0)', ['bigint', 'numeric(18,0)'], ['999999999999999999', '-999999999999999999']],
  ['numeric(9,0)', ['int', 'bigint', 'double'], ['999999999', '-999999999']],
  ['numeric(4,0)', ['smallint'], ['9999', '-9999']],
  ['numeric(3,-2)', ['numeric(5,0)', 'int', 'bigint', 'double', 'text'], ['99900', '-100']],
  ['numeric(3,5)', ['numeric(5,5)', 'double', 'text'], ['0.00999', '-0.00001']],
  [
    'money',
    ['numeric(19,2)', 'numeric(38,4)', 'text'],
    ["'92233720368547758.07'", "'-92233720368547758.08'", '0'],
  ],
  [
    'text',
    ['text'],
    [
      "''",
      "' '",
      "'NULL'",
      String.raw`'\N'`,
      String.raw`'\.'`,
      String.raw`E'tab\t newline\n return\r\n back\\slash "quote" '''`,
      "'😀 e\u0301 ﷽'",
      "E'\\x01\\x7f'",
      "repeat('äbc😀', 200000)",
    ],
  ],
  ['text', ['varchar(5)'], ["'12345'", "'😀😀😀😀😀'", "''", "'a    '"]],
  ['text', ['json'], [`'{"a": [1, "x\\u00e9"]}'`]],
  ['citext', ['text', 'varchar(9)'], ["'MiXed'"]],
  ['varchar(4)', ['text', 'varchar(4)', 'char(4)'], ["'abcd'", "'😀äöü'"]],
  ['char(4)', ['char(4)', 'text', 'varchar(4)'], ["'ab'", "'abcd'", "''"]],
  ['char(1)', ['char(1)', 'text'], ["'a'", "'😀'"]],
  ['bpchar', ['text'], ["'ab  '"]],
  ['"char"', ['text', 'char(4)', 'varchar(4)'], ["'a'"]],
  ['name', ['text', 'varchar(63)'], ["repeat('x', 63)"]],
  ['uuid', ['text', 'varchar(36)', 'char(36)'], ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"]],
  [
    'json',
    ['json', 'text'],
    [`'{"b":1, "a" : [null, 1e400, "\\u0000 é 😀"],"b":2}'`, `'null'`, `' "x" '`, `'[]'`],
  ],
  ['jsonb', ['json', 'text'], [`'{"b":1, "a" : [null, 1.50, "é 😀 \\" "]}'`, `'null'`, `'-0.0'`]],
  ['bytea', ['bytes'], [String.raw`'\x'`, String.raw`'\x00ff5c0a'`, "decode(repeat('00ff', 50000), 'hex')"]],
  [
    'date',
    ['date', 'text'],
    ["'4713-01-01 BC'", "'0001-12-31 BC'", "'0001-01-01'", "'2024-02-29'", "'294276-12-31'"],
  ],
  ['date', ['timestamp'], ["'4713-01-01 BC'", "'2024-02-29'"]],
  ['date', ['text'], ["'infinity'", "'-infinity'", "'5874897-12-31'"]],
  ['time', ['time', 'text'], ["'00:00'", "'23:59:59.999999'"]],
  ['timetz', ['text'], ["'23:59:59.999999-15:59'"]],
  [
    'timestamp',
    ['timestamp', 'text'],
    [
      "'4713-01-01 00:00 BC'",
      "'0001-12-31 23:59:59.999999 BC'",
      "'1969-12-31 23:59:59.999999'",
      "'294276-12-31 23:59:59.999999'",
    ],
  ],
  ['timestamp(3)', ['timestamp'], ["'2024-01-01 12:00:00.1235'"]],
  [
    'timestamptz',
    ['timestamptz', 'text'],
    [
      "'4713-01-02 00:00 BC'",
      "'2024-03-31 02:30 Europe/Berlin'",
      "'1900-01-01 00:00 Africa/Monrovia'",
      "'294276-12-31 23:59:59.999999+00'",
    ],
  ],
  ['timestamptz', ['text'], ["'infinity'"]],
  [
    'interval',
    ['interval', 'text'],
    [
      "'0'",
      "'1 mon'",
      "'30 days'",
      "'24 hours'",
      "'-00:00:00.000001'",
      "'1 year -2 mons +3 days -04:05:06.789'",
      "'9999 years'",
    ],
  ],
  ['int[]', ['text', 'varchar(30)'], ["'{1,NULL,3}'", "'{}'", "'[2:3]={1,2}'", "'{{1,2},{3,4}}'"]],
  ['text[]', ['text'], [String.raw`array['a,b', '"', E'\\', E'\n', '', 'NULL', null]`]],
  ['timestamptz[]', ['text'], ["array['infinity', '2024-01-01']::timestamptz[]"]],
  ['mood', ['text', 'varchar(20)'], ["'sad'", `'it''s "ok"'`, "'😀'"]],
  ['pair', ['text'], [`row(1, 'x,"y"')::pair`]],
  ['positive_again', ['int', 'bigint', 'text'], ['2147483647']],
  ['price', ['numeric(12,2)', 'text'], ['9999999999.99']],
  ['ints', ['text'], ["'{1,2}'"]],
  ['int4range', ['text'], ["'[1,10)'", "'empty'"]],
  ['tstzmultirange', ['text'], ["'{[2024-01-01,2024-01-02)}'"]],
  ['inet', ['text', 'varchar(45)'], ["'192.168.0.1/24'", "'10.0.0.1'", "'::1'"]],
  ['cidr', ['text'], ["'10.0.0.0/8'"]],
  ['macaddr', ['text'], ["'08:00:2b:01:02:03'"]],
  ['bit(3)', ['text'], ["B'101'"]],
  ['bit varying', ['text'], ["B''", "B'1'"]],
  ['xml', ['text'], ['\'<a b="1">x\n&amp;</a>\'']],
  ['tsvector', ['text'], ["'a:1 b:2A'"]],
  ['hstore', ['text'], [`'"a b"=>"1", c=>NULL'`]],
  ['point', ['text'], ["'(1.5,-2)'"]],
  ['pg_lsn', ['text'], ["'16/B374D848'"]],
  ['regclass', ['text'], ["'pg_class'"]],
  ['xid', ['text'], ["'4294967295'"]],
];

/** What Hyper prints in another form than PostgreSQL. */
function inPostgresWords(contract: string, text: string | null): string | null {
  if (text === null) return null;
  if (contract === 'boolean') return { t: 'true', f: 'false' }[text] ?? text;
  if (contract.startsWith('char(')) return text.replace(/ +$/, '');
  if (contract === 'interval') return text.replace(/\.?0+S$/, 'S').replace(/T0?S$/, 'T0S');
  return text;
}

describe.each(cases)('%s', (type, contracts, values) => {
  test.each(contracts)('arrives exactly in %s', async (contract) => {
    const { client } = database;
    await client.query('drop table if exists c');
    await client.query(`create table c (id int, v ${type})`);
    const rows = [...values, 'null'].map((value, id) => `(${id}, (${value})::${type})`);
    await client.query(`insert into c values ${rows.join(', ')}`);
    const table = contractOf({ table: 'c', columns: { id: 'int', v: contract } });
    expect(await problemsOf(sourceAt(database.url), table)).toEqual([]);
    const loaded = await engine.load(sourceAt(database.url), table);
    const wanted = await textsOf(`(v)::${expectedType(type, contract)}`);
    expect(loaded.map(([, v]) => inPostgresWords(contract, v!))).toEqual(wanted);
  });
});

/** PostgreSQL's own text of the values, in the session settings that reading uses. */
async function textsOf(sql: string): Promise<(string | null)[]> {
  const { client } = database;
  await beginRead(client);
  try {
    const { rows } = await client.query<{ v: string | null }>(
      `select (${sql})::text as v from c order by id`,
    );
    return rows.map(({ v }) => v);
  } finally {
    await client.query('rollback');
  }
}

/** The type of PostgreSQL whose text Hyper's value must have. */
function expectedType(type: string, contract: string): string {
  if (contract === 'double' || contract === 'real') return 'double precision';
  if (contract === 'bytes') return 'bytea';
  if (type === 'oid' && contract.startsWith('numeric')) return 'bigint';
  return contract.startsWith('numeric') || contract === 'timestamp' ? contract : type;
}
