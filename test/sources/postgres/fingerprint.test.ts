import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Fingerprint } from '../../../src/model/world/fingerprint.ts';
import { compareFingerprints } from '../../../src/plan/table/compare-fingerprints.ts';
import type { Agreement } from '../../../src/sources/postgres/contract/contract.ts';
import { takeFingerprint } from '../../../src/sources/postgres/observe/fingerprint.ts';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { runStatement, startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { contractOf, never, observe, sourceAt, type TableWritten } from './support.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await database.client.query(`
    create view v as select 1 as a; create schema other;
    create function wobbly(int) returns int language sql volatile as 'select $1';
    create function steady(int) returns int language sql immutable as 'select $1'`);
});
afterAll(() => database.close());

const orders = contractOf({ table: 'orders', columns: { id: 'int' } });

/** Counters reach the view when the session that wrote flushes them; otherwise about a second after. */
async function write(sql: string): Promise<void> {
  await database.client.query(sql);
  await database.client.query('select pg_stat_force_next_flush()');
}

async function mark(written?: TableWritten, url = database.url) {
  const seen = await observe(sourceAt(url), written === undefined ? orders : contractOf(written));
  expect(seen.problems).toEqual([]);
  return seen.fingerprint;
}

const known = async () => (await mark()) as Fingerprint;

describe('a table', () => {
  beforeEach(async () => {
    await write(`
      drop table if exists orders, orders_0, orders_1; create table orders (id int, day int) partition by list (day);
      create table orders_0 partition of orders for values in (0);
      create table orders_1 partition of orders for values in (1);
      insert into orders select i, 1 from generate_series(1, 100) i`);
  });

  test('that is not touched has the same mark, also after it was read', async () => {
    const before = await known();
    await database.client.query('select count(*) from orders');
    await database.client.query('vacuum analyze orders');
    expect(compareFingerprints(before, await known())).toEqual({ same: true });
  });

  test.each([
    ['insert into orders values (1, 1), (2, 1)', '2 rows inserted in the source'],
    ['update orders set id = 0 where id = 1', '1 row updated in the source'],
    ['delete from orders where id < 11', '10 rows deleted in the source'],
    [
      'insert into orders values (1, 1); delete from orders where id < 4',
      '1 row inserted, 4 rows deleted in the source',
    ],
    ['truncate orders', 'the source table was rewritten or truncated'],
    [
      'alter table orders alter id type smallint',
      'the columns of the source table have changed: + id smallint, - id integer',
    ],
    ['alter table orders add more text', 'the columns of the source table have changed: + more text'],
    ['alter table orders_1 set unlogged', 'the source table was rewritten or truncated'],
    [
      'create table orders_2 partition of orders for values in (2)',
      'the source table has a new partition or child table',
    ],
    ['alter table orders detach partition orders_0', 'the source table has lost a partition or child table'],
    ['select pg_stat_reset()', 'the statistics of the source were reset: it may have changed'],
    [
      "select pg_stat_reset_single_table_counters('orders_1'::regclass)",
      'the statistics of the source were reset: it may have changed',
    ],
  ])('changes by: %s', async (sql, reason) => {
    const before = await known();
    await write(sql);
    expect(compareFingerprints(before, await known())).toMatchObject({ same: false, reason });
  });

  test('changes by VACUUM FULL', async () => {
    const before = await known();
    await database.client.query('vacuum full orders_1');
    expect(compareFingerprints(before, await known())).toMatchObject({
      reason: 'the source table was rewritten or truncated',
    });
  });

  test('that was rolled back is read once more', async () => {
    const before = await known();
    await database.client.query('begin; insert into orders values (1, 1); rollback');
    await write('select 1');
    expect(compareFingerprints(before, await known())).toMatchObject({
      reason: '1 row inserted in the source',
    });
  });

  test('of the same name in another database is another one', async () => {
    const other = await freshDatabase();
    onTestFinished(other.close);
    await other.client.query('create table orders (id int, day int)');
    const now = (await mark(undefined, other.url)) as Fingerprint;
    expect(compareFingerprints(await known(), now)).toMatchObject({
      reason: 'it is another server or database than before',
    });
  });

  test('has in its snapshot the mark from before, so that nothing is missed', async () => {
    const before = await known();
    const snapshot = await openPostgres(sourceAt(database.url)).snapshot([orders], never());
    await write('insert into orders values (1, 1)');
    expect(snapshot.fingerprint(orders)).toEqual(before);
    await snapshot.end();
  });
});

test('a materialized view changes when it is refreshed, either way', async () => {
  await write(
    'create table base (a int); insert into base values (1); create materialized view m as select * from base; create unique index on m (a)',
  );
  const written = { table: 'm', columns: { a: 'int' } };
  const before = (await mark(written)) as Fingerprint;
  expect(compareFingerprints(before, (await mark(written)) as Fingerprint)).toEqual({ same: true });
  await write('insert into base values (2)');
  await write('refresh materialized view concurrently m');
  const between = (await mark(written)) as Fingerprint;
  expect(compareFingerprints(before, between)).toMatchObject({ same: false });
  await write('refresh materialized view m');
  expect(compareFingerprints(between, (await mark(written)) as Fingerprint)).toMatchObject({ same: false });
});

test('an unknown mark is reported with its reason', async () => {
  await write('create table t (a int, at timestamptz, current_price int, "user" text)');
  const unknown = async (part: Partial<TableWritten>) => {
    const fingerprint = await mark({ table: 't', columns: { a: 'int' }, ...part });
    return fingerprint.kind === 'unknown' ? fingerprint.reason : fingerprint.kind;
  };
  const moving = (what: string) => `${what} can give another answer while the table stays the same`;
  const where = (sql: string) => unknown({ where: sql });
  const expr = (sql: string, type = 'int') => unknown({ columns: { x: { type, expr: sql } } });
  expect(await unknown({ table: 'v' })).toBe(
    'a view has no change counters; give change_detection: {sql: …}',
  );
  expect(await unknown({ table: undefined as never, query: 'select 1 as a' })).toBe(
    'a query has no change counters; give change_detection: {sql: …}',
  );
  expect(await where("at > now() - interval '1 day'")).toBe(moving('now()'));
  expect(await where('at > CURRENT_DATE')).toBe(moving('current_date'));
  expect(await where("at > 'today'::timestamptz")).toBe(moving("'today'"));
  expect(await where('a in (select 1)')).toBe(moving('a subquery'));
  expect(await where('"user" = user')).toBe(moving('user'));
  expect(await expr('wobbly (a)')).toBe(moving('wobbly()'));
  expect(await expr('"wobbly"(a)')).toBe(moving('wobbly()'));
  expect(await expr('(random() * a)::int')).toBe(moving('random()'));
  for (const fine of [
    'a > 0 and "user" <> \'not now()\'',
    'steady(a) > current_price -- now()',
    "date_trunc('day', at) < '2024-01-01'",
  ]) {
    expect(await where(fine)).toBe('postgres');
  }
  expect(await expr("to_char(at, 'YYYY')", 'text')).toBe('postgres');
  expect(await expr('length(a::text)')).toBe('postgres');
});

describe('change_detection', () => {
  const written = (sql: string) => ({ query: 'select 1 as a', columns: { a: 'int' }, changeDetection: sql });

  test('reports whether anything has changed', async () => {
    await write('create table log (at timestamptz)');
    const watch = written('select count(*), max(at) from log;');
    const before = (await mark(watch)) as Fingerprint;
    expect(before.kind).toBe('value');
    expect(compareFingerprints(before, (await mark(watch)) as Fingerprint)).toEqual({ same: true });
    await write("insert into log values ('2024-01-01')");
    expect(compareFingerprints(before, (await mark(watch)) as Fingerprint)).toEqual({
      same: false,
      reason: 'the change_detection query gives another answer',
    });
  });

  test.each([
    ['selec 1', 'syntax error at or near "selec"'],
    ['create table sneaky (a int)', 'cannot execute CREATE TABLE in a read-only transaction'],
    ['select 1; drop table log', 'cannot insert multiple commands into a prepared statement'],
  ])('that fails is an error at its place: %s', async (sql, message) => {
    await expect(mark(written(sql))).rejects.toMatchObject({
      code: 'EXT2002',
      message: `table "t": the query of change_detection failed: ${message}`,
      place: { pointer: '/tables/t/from/change_detection/sql' },
    });
  });
});

describe('a server of its own', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.close());
  const table = { table: 'pg_catalog.pg_class', columns: { relname: 'text' } };

  test('that does not count is not believed', async () => {
    const { url } = await server.createDatabase();
    await runStatement(
      server.url,
      `alter database "${new URL(url).pathname.slice(1)}" set track_counts = off`,
    );
    expect(await mark(table, url)).toEqual({
      kind: 'unknown',
      reason: 'the server does not count changes (track_counts is off)',
    });
  });

  test('that hides its identity costs only the detection of changes', async () => {
    const url = new URL(server.url);
    url.username = 'blind';
    url.password = 'x';
    await runStatement(
      server.url,
      `create role blind login password 'x'; revoke execute on function pg_control_system() from public`,
    );
    expect(await mark(table, url.href)).toEqual({
      kind: 'unknown',
      reason:
        'this user may not look at the change counters: permission denied for function pg_control_system',
    });
  });
});

test('a standby has no counters of its own', async () => {
  const answers = [{ standby: true, counting: true, system: '1/2' }];
  const query = (sql: string) => Promise.resolve({ rows: sql.includes('standby') ? answers : [] });
  const relation = { oid: '1', kind: 'r', name: 't', role: 'r' };
  const agreement = { relation, columns: [] } as unknown as Agreement;
  expect(await takeFingerprint({ query } as unknown as pg.Client, orders, agreement)).toEqual({
    kind: 'unknown',
    reason: 'a standby has no change counters of its own',
  });
});
