import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { StreamPart } from '../../../src/model/ports/feed.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { contractOf, never, observe, problemsOf, sourceAt, type TableWritten } from './support.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await database.client.query(`
    create table orders (row_id int primary key, order_id text not null, region text, sales numeric(12,2));
    insert into orders values (1, 'A-1', 'East', 10.5), (2, 'A-2', null, 20), (3, 'A-3', 'West', 30);
    create schema shop; create table shop.customers (id int);
    create view east as select * from orders where region = 'East';
    create materialized view totals as select region, sum(sales) as total from orders group by region;
    create table sold (year int, month int, n int) partition by list (year);
    create table sold_2023 partition of sold for values in (2023);
    create table sold_2024 partition of sold for values in (2024) partition by list (month);
    create table sold_2024_01 partition of sold_2024 for values in (1);
    create table sold_2024_02 partition of sold_2024 for values in (2);
    insert into sold values (2023, 5, 1), (2024, 1, 2), (2024, 2, 3);
    create table parent (a int); create table child (b int) inherits (parent);
    insert into parent values (1); insert into child values (2, 0);
    create table computed (a int, twice int generated always as (a * 2) stored, thrice int generated always as (a * 3));
    insert into computed (a) values (7);
    create table "Odd ""Näme"".x" ("Column ""1""" int, "ÜBER" text, "select" int);
    insert into "Odd ""Näme"".x" values (1, 'u', 2);`);
});
afterAll(() => database.close());

const problems = (written: TableWritten) => problemsOf(sourceAt(database.url), contractOf(written));

/** The bytes of the table. */
async function read(table: Table, url = database.url): Promise<string> {
  const snapshot = await openPostgres(sourceAt(url)).snapshot([table], never());
  try {
    const [part] = (await snapshot.feed(table, never())).parts as StreamPart[];
    return await text((await part!.open(never())).bytes);
  } finally {
    await snapshot.end();
  }
}

describe('all problems are reported at their places, at once', () => {
  test.each<[string, TableWritten, string[]]>([
    [
      'a table that is nearly named',
      { table: 'public.ordres', columns: { row_id: 'int' } },
      [
        'there is no table or view public.ordres in the database | did you mean "public.orders"? (all tables: extracts import postgres --url-env NAME --out -) | /tables/t/from/table',
      ],
    ],
    [
      'a table of another schema',
      { table: 'customers', columns: { id: 'int' } },
      [
        'there is no table or view customers in the database | did you mean "shop.customers"? (all tables: extracts import postgres --url-env NAME --out -) | /tables/t/from/table',
      ],
    ],
    [
      'a table like no other',
      { table: 'zzzzzzzz', columns: { id: 'int' } },
      [
        'there is no table or view zzzzzzzz in the database | check the name and the schema; a table that this user may not see counts as absent (all tables: extracts import postgres --url-env NAME --out -) | /tables/t/from/table',
      ],
    ],
    [
      'an index is no table',
      { table: 'orders_pkey', columns: { row_id: 'int' } },
      [
        'there is no table or view orders_pkey in the database | check the name and the schema; a table that this user may not see counts as absent (all tables: extracts import postgres --url-env NAME --out -) | /tables/t/from/table',
      ],
    ],
    [
      'several columns',
      {
        table: 'orders',
        columns: { row_id: 'smallint', oder_id: 'text', total: 'int', x: { type: 'int', expr: 'salse + 1' } },
      },
      [
        'column "row_id": PostgreSQL has integer, which does not fit smallint | int or bigint or numeric(10,0) or text would hold it | /tables/t/columns/row_id',
        'orders has no column "oder_id" | did you mean "order_id"? (all columns: extracts import postgres --url-env NAME --table orders --out -) | /tables/t/columns/oder_id',
        'orders has no column "total" | it has "row_id", "order_id", "region", "sales" (all columns: extracts import postgres --url-env NAME --table orders --out -) | /tables/t/columns/total',
        'PostgreSQL refuses the expr of "x": column "salse" does not exist | Perhaps you meant to reference the column "orders.sales". | /tables/t/columns/x/expr',
      ],
    ],
    [
      'where',
      { table: 'orders', columns: { row_id: 'int' }, where: 'regio = 1' },
      [
        'PostgreSQL refuses the condition of where: column "regio" does not exist | Perhaps you meant to reference the column "orders.region". | /tables/t/from/where',
      ],
    ],
    [
      'where that ends the statement',
      { table: 'orders', columns: { row_id: 'int' }, where: 'true); drop table orders; select (1' },
      [
        'PostgreSQL refuses the condition of where: cannot insert multiple commands into a prepared statement |  | /tables/t/from/where',
      ],
    ],
    [
      'an aggregate beside a column',
      { table: 'orders', columns: { row_id: 'int', n: { type: 'bigint', expr: 'count(*)' } } },
      [
        'PostgreSQL refuses the query of this table: column "orders.row_id" must appear in the GROUP BY clause or be used in an aggregate function |  | /tables/t/from',
      ],
    ],
    [
      'a query',
      { query: 'select * frm orders', columns: { row_id: 'int' } },
      ['PostgreSQL refuses the query: syntax error at or near "frm" |  | /tables/t/from/query'],
    ],
    [
      'a query that writes',
      { query: 'delete from orders returning *', columns: { row_id: 'int' } },
      [
        'PostgreSQL refuses the query: syntax error at or near "from" | a query is one SELECT (or WITH … SELECT, VALUES, TABLE) | /tables/t/from/query',
      ],
    ],
    [
      'too few params',
      {
        query: 'select $1::int as a, $2::int as b',
        params: [{ value: 1, shown: '1' }],
        columns: { a: 'int' },
      },
      [
        'the query uses values up to $2, but params has 1 | $1 is the first of params, $2 the second | /tables/t/from/query',
      ],
    ],
    [
      'too many params',
      { query: 'select 1 as a', params: [{ value: 1, shown: '1' }], columns: { a: 'int' } },
      [
        'params has a value, but the query uses none | $1 is the first of params, $2 the second | /tables/t/from/params',
      ],
    ],
    [
      'a column that may be NULL',
      { table: 'orders', columns: { row_id: 'int not null', region: 'text not null' } },
      [
        'column "region" is not null in the contract, but PostgreSQL allows NULL: a NULL will stop the load |  | /tables/t/columns/region',
      ],
    ],
  ])('%s', async (_, written, expected) => {
    expect(await problems(written)).toEqual(expected);
  });

  test('columns that the contract leaves out are counted', async () => {
    const table = contractOf({ table: 'orders', columns: { Row: { type: 'int', from: 'row_id' } } });
    const seen = await observe(sourceAt(database.url), table);
    expect(seen.untaken).toEqual(['order_id', 'region', 'sales']);
    // A small table that was never analysed has no estimate.
    expect(seen.rows).toBeUndefined();
  });
});

describe('everything with rows can be read', () => {
  test.each<[string, TableWritten, string]>([
    [
      'a table, filtered, renamed and computed',
      {
        table: 'public.orders',
        where: 'row_id < 3 -- most',
        columns: {
          'Order ID': { type: 'text', from: 'order_id' },
          gross: { type: 'numeric(12,4)', expr: '(sales * 1.19)::numeric(12,4) -- VAT' },
        },
      },
      'A-1\t12.4950\nA-2\t23.8000\n',
    ],
    ['a view', { table: 'east', columns: { row_id: 'int' } }, '1\n'],
    [
      'a materialized view',
      { table: 'totals', columns: { total: 'numeric(38,2)' }, where: "region = 'East'" },
      '10.50\n',
    ],
    ['partitions of partitions', { table: 'sold', columns: { n: 'int' } }, '1\n2\n3\n'],
    ['one partition', { table: 'sold_2024', columns: { n: 'int' } }, '2\n3\n'],
    ['children', { table: 'parent', columns: { a: 'int' } }, '1\n2\n'],
    ['generated columns', { table: 'computed', columns: { twice: 'int', thrice: 'int' } }, '14\t21\n'],
    [
      'names with everything in them',
      { table: { name: 'Odd "Näme".x' }, columns: { 'Column "1"': 'int', ÜBER: 'text', select: 'int' } },
      '1\tu\t2\n',
    ],
    [
      'a query with values',
      {
        query: 'select * from orders where region = $1 or row_id = $2;\n',
        params: [
          { value: "Ea'st", shown: '' },
          { value: 3, shown: '' },
        ],
        columns: { row_id: 'int' },
      },
      '3\n',
    ],
    ['a query that ends in a comment', { query: 'select 1 as a -- one', columns: { a: 'int' } }, '1\n'],
    ['a table without rows', { table: 'shop.customers', columns: { id: 'int' } }, ''],
  ])('%s', async (_, written, bytes) => {
    expect(await problems(written)).toEqual([]);
    expect(await read(contractOf(written))).toBe(bytes);
  });

  test('a foreign table', async () => {
    await database.client.query(`
      create extension file_fdw; create server files foreign data wrapper file_fdw;
      create foreign table remote (a int) server files options (program 'echo 5', format 'csv')`);
    const table = contractOf({ table: 'remote', columns: { a: 'int' } });
    expect(await read(table)).toBe('5\n');
    expect((await observe(sourceAt(database.url), table)).fingerprint).toEqual({
      kind: 'unknown',
      reason: 'a foreign table has no change counters',
    });
  });
});

describe('a user with few privileges', () => {
  let url: string;
  beforeAll(async () => {
    const role = `reader_${database.url.slice(-8)}`;
    await database.client.query(`
      create role ${role} login password 'secret';
      alter role ${role} set search_path = shop;
      alter role ${role} set statement_timeout = '1min';
      alter role ${role} set idle_in_transaction_session_timeout = '1min';
      create table shop.parts (a int, b int, c int); insert into shop.parts values (1, 2, 3);
      create table shop.own (owner text, a int); insert into shop.own values ('${role}', 1), ('other', 2);
      alter table shop.own enable row level security;
      create policy p on shop.own using (owner = current_user);
      create schema hidden; create table hidden.t (a int);
      grant usage on schema shop to ${role}; grant select (a, c) on shop.parts to ${role};
      grant select on shop.own to ${role}`);
    const own = new URL(database.url);
    own.username = role;
    own.password = 'secret';
    url = own.href;
  });
  afterAll(async () => {
    const { username } = new URL(url);
    await database.client.query(`drop owned by ${username}; drop role ${username}`);
  });
  const told = async (written: TableWritten) =>
    (await problemsOf(sourceAt(url), contractOf(written))).map((line) =>
      line.replaceAll(/reader_\w+/g, 'reader'),
    );

  test('reads the columns that it may read', async () => {
    const table = contractOf({ table: 'parts', columns: { a: 'int', c: 'int' } });
    expect(await problemsOf(sourceAt(url), table)).toEqual([]);
    expect(await read(table, url)).toBe('1\t3\n');
  });

  test('has no time limits of its role while it is read', async () => {
    const limits = ['statement_timeout', 'idle_in_transaction_session_timeout'];
    const query = `select ${limits.map((name) => `current_setting('${name}') as ${name}`).join(', ')}`;
    const columns = Object.fromEntries(limits.map((name) => [name, 'text']));
    expect(await read(contractOf({ query, columns }), url)).toBe('0\t0\n');
  });

  test('is shown the grant for a column, a table and a schema', async () => {
    expect(await told({ table: 'parts', columns: { a: 'int', b: 'int' } })).toEqual([
      'user reader may not read column "b" of shop.parts | grant select ("b") on shop.parts to reader | /tables/t/from/table',
    ]);
    expect(await told({ table: 'shop.customers', columns: { id: 'int' } })).toEqual([
      'user reader may not read shop.customers | grant select on shop.customers to reader | /tables/t/from/table',
    ]);
    expect(await told({ table: 'hidden.t', columns: { a: 'int' } })).toEqual([
      'PostgreSQL refuses the table: permission denied for schema hidden | grant it: extracts explain EXT2016 shows the exact GRANT statements | /tables/t/from/table',
    ]);
    expect(await told({ table: 'parts', columns: { a: 'int' }, where: 'b > 0' })).toEqual([
      'PostgreSQL refuses the condition of where: permission denied for table parts | grant it: extracts explain EXT2016 shows the exact GRANT statements | /tables/t/from/where',
    ]);
  });

  test('each kind of complaint has a code of its own', async () => {
    const codes = async (written: TableWritten) =>
      (await observe(sourceAt(url), contractOf(written))).problems.map(({ code }) => code);
    expect(await codes({ table: 'shop.customers', columns: { id: 'int' } })).toEqual(['EXT2016']);
    expect(await codes({ table: 'parts', columns: { a: 'int' }, where: 'b > 0' })).toEqual(['EXT2016']);
    expect(await codes({ table: 'parts', columns: { a: 'int' }, where: 'a >' })).toEqual(['EXT2011']);
    expect(await codes({ query: 'select $1::int as a', columns: { a: 'int' } })).toEqual(['EXT2017']);
    expect(await codes({ table: 'nothing', columns: { a: 'int' } })).toEqual(['EXT2012']);
  });

  test('sees its own rows only, and then no change counters', async () => {
    const table = contractOf({ table: 'own', columns: { a: 'int' } });
    expect(await read(table, url)).toBe('1\n');
    expect((await observe(sourceAt(url), table)).fingerprint).toMatchObject({
      reason: 'row security decides which rows are seen',
    });
    expect(await told({ table: 'own', columns: { a: 'int' } })).toEqual([
      'row security is on for shop.own: user reader reads only the rows that its policies allow | to load all rows, alter role reader bypassrls | /tables/t/from/table',
    ]);
    const byItsOwner = contractOf({ table: 'shop.own', columns: { a: 'int' } });
    expect((await observe(sourceAt(database.url), byItsOwner)).problems).toEqual([]);
  });

  test('is refused where row_security is off, with what to do', async () => {
    const { username } = new URL(url);
    await database.client.query(`alter role ${username} set row_security = off`);
    onTestFinished(() => void database.client.query(`alter role ${username} reset row_security`));
    expect(await told({ table: 'own', columns: { a: 'int' } })).toEqual([
      'PostgreSQL refuses the query of this table: query would be affected by row-level security policy for table "own" | row_security is off for this user: reset it (alter role … reset row_security) to load the rows that the policies let it see, or give it BYPASSRLS to load all | /tables/t/from',
    ]);
  });
});
