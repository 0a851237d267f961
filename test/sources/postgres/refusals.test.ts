import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { runStatement } from '../../support/postgres.ts';
import {
  contractOf,
  problemsOf,
  sourceAt,
  startEngine,
  type ColumnsWritten,
  type Engine,
  type TableWritten,
} from './support.ts';

let database: FreshDatabase;
let engine: Engine;
beforeAll(async () => {
  [database, engine] = await Promise.all([freshDatabase(), startEngine()]);
});
afterAll(() => Promise.all([database.close(), engine.stop()]));

/** What a load of one column `v` of these values ends in: the error as `code: message | hint`, or the values. */
async function outcome(
  type: string,
  contract: string | object,
  values: string[],
  more: Partial<TableWritten> = {},
) {
  await database.client.query('drop table if exists c');
  await database.client.query(`create table c (id int, v ${type})`);
  const rows = values.map((value, id) => `(${id}, ${value})`);
  await database.client.query(`insert into c values ${rows.join(', ')}`);
  const columns = { id: 'int', v: contract as string };
  const table = contractOf({ name: 'orders', table: 'c', columns, ...more });
  try {
    const loaded = await engine.load(sourceAt(database.url), table);
    return loaded.map(([, v]) => v);
  } catch (error) {
    const { code, message, hint, place } = error as Record<string, unknown>;
    return { code, message, hint, pointer: (place as { pointer: string }).pointer };
  }
}

const larger = 'give the column a larger scale, or set round: half_up';
const notANumber = `to load NULL instead write expr: "nullif(v, 'NaN')"; as text it arrives as it is`;
const noNull = 'remove "not null" from the column, or leave such rows out with where:';
const ways = 'change the value with expr:, or leave the row out with where:';
const infinite = 'set on_infinite: null on the column or table to load NULL instead, or use expr:';

describe('what a type of Hyper cannot hold', () => {
  test.each([
    ['date', 'date', "'infinity'", 'orders.v: infinity is infinite, which Hyper cannot hold', infinite],
    [
      'date',
      'timestamp',
      "'-infinity'",
      'orders.v: -infinity is infinite, which Hyper cannot hold',
      infinite,
    ],
    [
      'timestamp',
      'timestamp',
      "'-infinity'",
      'orders.v: -infinity is infinite, which Hyper cannot hold',
      infinite,
    ],
    [
      'timestamptz',
      'timestamptz',
      "'infinity'",
      'orders.v: infinity is infinite, which Hyper cannot hold',
      infinite,
    ],
    [
      'interval',
      'interval',
      "'infinity'",
      'orders.v: infinity is infinite, which Hyper cannot hold',
      infinite,
    ],
    ['numeric', 'numeric(18,4)', '1.00005', 'orders.v: 1.00005 has more than 4 decimals', larger],
    ['numeric', 'numeric(18,0)', '0.5', 'orders.v: 0.5 has more than 0 decimals', larger],
    ['numeric', 'numeric(18,4)', "'NaN'", 'orders.v: NaN is a value that Hyper cannot hold', notANumber],
    [
      'numeric',
      'numeric(18,4)',
      "'-Infinity'",
      'orders.v: -Infinity is infinite, which Hyper cannot hold',
      infinite,
    ],
  ])('%s into %s: %s', async (type, contract, value, message, hint) => {
    expect(await outcome(type, contract, ['null', value])).toEqual({
      code: 'EXT2003',
      message,
      hint,
      pointer: '/tables/orders/columns/v',
    });
  });

  test('the row is named by its key, and nothing that is sensitive is shown', async () => {
    const key = { primaryKey: ['id', 'v'] };
    expect(await outcome('numeric', 'numeric(18,4)', ['1', "'NaN'"], key)).toMatchObject({
      message: 'orders.v, id = 1, v = NaN: NaN is a value that Hyper cannot hold',
      hint: notANumber,
    });
    expect(
      await outcome('numeric', { type: 'numeric(18,1)', sensitive: true }, ['1', '2.25'], key),
    ).toMatchObject({ message: 'orders.v, id = 1, v = •••: ••• has more than 1 decimals', hint: larger });
    expect(
      await outcome('text', { type: 'varchar(3)', sensitive: true }, ["'secret'"], { primaryKey: ['v'] }),
    ).toMatchObject({ message: expect.stringMatching(/; for example v = •••$/) as string });
    expect(
      await outcome('text', { type: 'varchar(3)', sensitive: true }, ["'secret'"], { primaryKey: ['id'] }),
    ).toMatchObject({ message: expect.stringMatching(/; for example id = 0: •••$/) as string });
  });

  test('NaN of an expression', async () => {
    const columns = { id: 'int', v: { type: 'numeric(18,4)', expr: 'v * 2' } };
    expect(await outcome('numeric', '', ["'NaN'"], { columns })).toMatchObject({
      message: 'orders.v: NaN is a value that Hyper cannot hold',
      hint: `to load NULL instead write expr: "nullif(v * 2, 'NaN')"; as text it arrives as it is`,
    });
    expect(
      await outcome('numeric', '', ["'NaN'", '2'], {
        columns: { id: 'int', v: { type: 'numeric(18,4)', expr: "nullif(v * 2, 'NaN')" } },
      }),
    ).toEqual([null, '4.0000']);
  });

  test.each([
    ['date', 'date', ["'infinity'", "'2024-01-01'", "'-infinity'", 'null'], [null, '2024-01-01', null, null]],
    ['date', 'timestamp', ["'-infinity'"], [null]],
    ['timestamp', 'timestamp', ["'infinity'"], [null]],
    ['timestamptz', 'timestamptz', ["'-infinity'"], [null]],
    ['numeric', 'numeric(18,4)', ["'Infinity'", '1.5', "'-Infinity'", 'null'], [null, '1.5000', null, null]],
  ])('%s into %s with on_infinite: null', async (type, contract, values, loaded) => {
    expect(await outcome(type, { type: contract, onInfinite: 'null' }, values)).toEqual(loaded);
  });

  test('a name with quotes and backslashes is named as it is', async () => {
    const columns = { [`It's "v" \\`]: { type: 'date', from: 'v' } };
    expect(await outcome('date', 'date', ["'infinity'"], { columns })).toMatchObject({
      message: `orders.It's "v" \\: infinity is infinite, which Hyper cannot hold`,
    });
  });

  test('more digits than its precision', async () => {
    expect(await outcome('numeric', 'numeric(6,2)', ['1', '12345.5'], { primaryKey: ['id'] })).toEqual({
      code: 'EXT2003',
      message:
        'orders.v, row 2 as read: a value does not fit the contract (numeric(6,2)): more than 4 digits before the decimal sign; for example id = 1: 12345.5',
      hint: `declare the column as numeric(7,2), or ${ways}`,
      pointer: '/tables/orders/columns/v',
    });
  });
});

describe('a row that Hyper refuses is looked up again', () => {
  const key = { primaryKey: ['id'] };
  const longer = (length: number) => `declare the column as varchar(${length}) or text, or ${ways}`;
  test.each([
    ['text', 'text not null', ["'a'", 'null', 'null'], 'id = 1 and id = 2', key, noNull],
    // Without a key there is nothing by which a NULL could be told.
    ['text', 'text not null', ["'a'", 'null'], undefined, {}, noNull],
    ['text', 'varchar(3)', ["'abc'", "'abcd'"], 'id = 1, v = abcd', { primaryKey: ['id', 'v'] }, longer(4)],
    ['text', 'varchar(3)', ["'abcd'", "'abcdef'"], 'id = 0: abcd and id = 1: abcdef', key, longer(6)],
    [
      'text',
      'varchar(3)',
      ["'abc'", `'quite "long"'`],
      'quite "long"',
      { where: 'id > -1 or false' },
      longer(12),
    ],
    [
      'numeric',
      'numeric(38,2)',
      ['1e37'],
      `id = 0: 1${'0'.repeat(37)}`,
      key,
      `declare the column as text, or ${ways}`,
    ],
    ['numeric(4,2)', 'numeric(4,2)', ["'NaN'"], 'NaN', {}, notANumber],
    ['numeric(4,0)', 'int', ['1', "'NaN'"], 'id = 1', key, notANumber],
    ['date', 'date', ["'5874897-12-31'"], '5874897-12-31', {}, `declare the column as text, or ${ways}`],
  ] as const)('%s as %s', async (type, contract, values, witness, more, hint) => {
    const result = await outcome(type, contract, [...values], more as Partial<TableWritten>);
    expect(result).toMatchObject({ code: 'EXT2003', hint, pointer: '/tables/orders/columns/v' });
    const { message } = result as { message: string };
    expect(message).toMatch(/^orders\.v, row \d as read: a value does not fit the contract \(.*\): /);
    expect(message.split('; for example ')[1]).toBe(witness);
  });

  test('in the middle of a large table, and no connection is left', async () => {
    await database.client.query(
      `create table large as select i as id, case when i <> 150000 then repeat('x', 300) end as v from generate_series(1, 200000) i`,
    );
    const columns = { id: 'int not null', v: 'text not null' };
    const table = contractOf({ name: 'large', table: 'large', columns, primaryKey: ['id'] });
    await expect(engine.load(sourceAt(database.url), table)).rejects.toThrow(
      /^large\.v, row 150 000 as read: .*; for example id = 150000$/,
    );
    const open = `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'extracts'`;
    await vi.waitFor(
      async () => expect((await database.client.query(open)).rows).toEqual([{ n: 0 }]),
      10_000,
    );
  });

  test('and no other error takes its place when SQL cannot say what is wrong', async () => {
    const result = await outcome('text', 'json', ["'{}'", "'{'"]);
    expect(result).toMatchObject({ code: 'EXT2003', pointer: '/tables/orders/columns/v' });
    expect((result as { message: string }).message).not.toContain('for example');
  });
});

test('bytes that are not UTF-8, in a database that keeps any', async () => {
  const name = `${new URL(database.url).pathname.slice(1)}_ascii`;
  await database.client.query(
    `create database ${name} encoding 'SQL_ASCII' locale_provider libc lc_collate 'C' lc_ctype 'C' template template0`,
  );
  onTestFinished(() => void database.client.query(`drop database ${name} with (force)`));
  const url = new URL(database.url);
  url.pathname = name;
  await runStatement(
    url.href,
    String.raw`create table t (id int primary key, plain text, v text);
      insert into t values (1, 'a', E'M\xc3\xbcller €'), (2, 'a', E'M\xfcller'), (3, 'a', 'ok')`,
  );
  const load = (v: ColumnsWritten[string], more: Partial<TableWritten> = {}) =>
    engine.load(
      sourceAt(url.href),
      contractOf({ table: 't', columns: { id: 'int not null', plain: 'text', v }, ...more }),
    );
  const latin = `convert_from(convert(convert_to(v, 'SQL_ASCII'), 'LATIN1', 'UTF8'), 'UTF8')`;
  await expect(load('text', { primaryKey: ['id'] })).rejects.toMatchObject({
    code: 'EXT2003',
    message: 't.v: a text is not UTF-8: invalid byte sequence for encoding "UTF8": 0xfc; for example id = 2',
    hint: `if all of it is Latin-1, write expr: "${latin}"`,
    place: { pointer: '/tables/t/columns/v' },
  });
  await expect(load('text')).rejects.toThrow(/; for example M\\374ller$/);
  expect(await load({ type: 'text', expr: latin }, { where: 'id > 1' })).toEqual([
    ['2', 'a', 'Müller'],
    ['3', 'a', 'ok'],
  ]);
});

test('well-known text becomes geography', async () => {
  const [loaded] = (await outcome('text', 'geography', ["'POINT(1 2)'"])) as string[];
  expect(loaded).toBe('POINT(1.0000000 2.0000000)');
  expect(await outcome('text', 'geography', ["'LINESTRING Z (1 2 3, 1 2 4)'"])).toMatchObject({
    message: expect.stringContaining(
      'LINESTRING Z (1 2 3, 1 2 4) has Z or M, which Hyper cannot hold',
    ) as string,
  });
});

describe('types that do not fit are reported before a byte moves', () => {
  const pairs: [type: string, contract: string, hint: string][] = [
    ['bigint', 'int', 'bigint or numeric(19,0) or text would hold it'],
    ['bigint', 'double', 'bigint or numeric(19,0) or text would hold it'],
    ['numeric(40,2)', 'numeric(38,2)', 'text would hold it'],
    ['numeric(3,-2)', 'smallint', 'numeric(5,0) or text would hold it'],
    ['numeric(3,5)', 'numeric(5,4)', 'numeric(5,5) or text would hold it; set round: half_up to round it'],
    [
      'numeric(20,2)',
      'double',
      'numeric(20,2) or text would hold it; a double keeps 15 digits: if that is enough, write expr: "v::double precision"',
    ],
    [
      'timestamp with time zone',
      'timestamp',
      'timestamptz or text would hold it; an instant has no wall clock: set at_zone: UTC, or another zone, to load its wall clock there',
    ],
    ['time with time zone', 'time', 'text would hold it; it would lose its offset: load text, or use expr:'],
    ['integer[]', 'int', 'text would hold it'],
    ['character varying(9)', 'int', 'varchar(9) or text would hold it'],
    ['bytea', 'text', 'bytes would hold it'],
    ['money', 'double', 'numeric(19,2) or text would hold it'],
  ];
  test.each(pairs)('%s as %s', async (type, contract, hint) => {
    await database.client.query(`drop table if exists c; create table c (v ${type})`);
    const problems = await problemsOf(
      sourceAt(database.url),
      contractOf({ table: 'c', columns: { v: contract } }),
    );
    const message = `column "v": PostgreSQL has ${type}, which does not fit ${contract}`;
    expect(problems).toEqual([`${message} | ${hint} | /tables/t/columns/v`]);
  });
});
