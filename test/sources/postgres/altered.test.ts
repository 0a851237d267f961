import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Table } from '../../../src/model/config/pipeline.ts';
import type { Snapshot } from '../../../src/model/ports/source-port.ts';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { linesOf } from './going.ts';
import { contractOf, never, sourceAt } from './support.ts';

/**
 * A snapshot keeps rows, but names are looked up when a statement is planned: what is altered between the snapshot and
 * the reading of a table must not be read as something else.
 */
let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(() =>
  run(`
    set timezone = 'UTC'; drop schema public cascade; create schema public;
    create table one (id int primary key, v int); insert into one values (1, 10), (2, 20);
    create table two (id int primary key, v int); insert into two values (3, 30);
    create table stamps (at timestamptz, n int);
    insert into stamps values ('2024-07-01 12:00Z', -1);
    create view seen as select id, v from one;
    create view over as select * from seen;
    create table parted (id int) partition by list (id);
    create table parted_1 partition of parted for values in (1); insert into parted values (1);
    create table parted_2 partition of parted for values in (2); insert into parted values (2);
    create table spare (id int); insert into spare values (3)`),
);

const run = (sql: string) => database.client.query(sql);

const columns = { id: 'int', v: 'int' };
const one = contractOf({ name: 'one', table: 'one', columns });
const view = contractOf({ name: 'view', table: 'seen', columns });
const over = contractOf({ name: 'over', table: 'over', columns });
const query = contractOf({ name: 'query', query: 'select id, v from one', columns });
const partedQuery = contractOf({ name: 'query', query: 'select id from parted', columns: { id: 'int' } });
const parted = contractOf({ name: 'parted', table: 'parted', columns: { id: 'int' } });
const subquery = contractOf({
  name: 'subquery',
  table: 'two',
  columns: { id: 'int', v: { type: 'int', expr: '(select max(v) from seen)' } },
});
const stamps = contractOf({
  name: 'stamps',
  table: 'stamps',
  columns: { at: { type: 'timestamp', atZone: 'Europe/Berlin' } },
});
const oids = contractOf({ name: 'oids', table: 'stamps', columns: { n: 'bigint' } });

async function snapshotOf(table: Table): Promise<Snapshot> {
  const snapshot = await openPostgres(sourceAt(database.url)).snapshot([table], never());
  onTestFinished(() => snapshot.end());
  return snapshot;
}

/** As apply reads it. */
async function read(snapshot: Snapshot, table: Table): Promise<string[]> {
  const lines = await linesOf(await snapshot.feed(table, never()));
  await snapshot.confirm(table, never());
  return lines;
}

const swap = 'alter table one rename id to t; alter table one rename v to id; alter table one rename t to v';
const exchange = 'alter table one rename to three; alter table two rename to one';

test.each<[string, Table, string]>([
  ['alter table stamps alter at type timestamp', stamps, 'public.stamps was replaced or altered'],
  ['alter table stamps alter n type oid', oids, 'public.stamps was replaced or altered'],
  [swap, one, 'public.one was replaced or altered'],
  [swap, query, 'public.one was replaced or altered'],
  [exchange, one, 'public.one was replaced or altered'],
  [exchange, query, 'public.one was replaced or altered'],
  ['drop view over; drop view seen; drop table one', one, 'public.one was replaced or altered'],
  [
    'drop view over; drop view seen; drop table one',
    query,
    'what it reads was altered (relation "one" does not exist)',
  ],
  [
    'drop view over; drop view seen; alter table one drop v',
    query,
    'what it reads was altered (column "v" does not exist)',
  ],
  [
    'create or replace view seen as select id, v + 1 as v from one',
    view,
    'public.seen was replaced or altered',
  ],
  ['create or replace view seen as select id, v from two', view, 'public.one was replaced or altered'],
  [
    'create or replace view seen as select v as id, id as v from one',
    over,
    'public.seen was replaced or altered',
  ],
  [
    'create or replace view seen as select id, v + 1 as v from one',
    subquery,
    'public.seen was replaced or altered',
  ],
  ['alter table parted detach partition parted_1', parted, 'public.parted_1 was replaced or altered'],
  ['alter table parted detach partition parted_1', partedQuery, 'public.parted_1 was replaced or altered'],
  ['alter table parted attach partition spare for values in (3)', parted, 'spare was replaced or altered'],
  ['create table child (extra int) inherits (one)', one, 'child was replaced or altered'],
])('%s: it is not read as something else (%#)', async (sql, table, what) => {
  const snapshot = await snapshotOf(table);
  await run(sql);
  await expect(read(snapshot, table)).rejects.toMatchObject({
    code: 'EXT2004',
    message: `table "${table.name}": ${what} while this run was reading`,
  });
});

test.each<[string, Table, string[]]>([
  ['alter table one add column more int default 3', one, ['1\t10', '2\t20']],
  ['alter table one add column more int default 3', query, ['1\t10', '2\t20']],
  ['alter table two rename to four', query, ['1\t10', '2\t20']],
  ['create or replace view seen as select id, v from one', view, ['1\t10', '2\t20']],
  [
    'create or replace view seen as select id, v, v + 1 as more from one; drop view over',
    one,
    ['1\t10', '2\t20'],
  ],
  ['alter table one rename constraint one_pkey to other', query, ['1\t10', '2\t20']],
  ['delete from parted; alter table parted_1 add check (id < 5)', parted, ['1', '2']],
])('%s: it is read as it was (%#)', async (sql, table, rows) => {
  const snapshot = await snapshotOf(table);
  await run(sql);
  expect(await read(snapshot, table)).toEqual(rows);
});

test('a where that leaves out partitions', async () => {
  const table = contractOf({ table: 'parted', where: 'id = 1', columns: { id: 'int' } });
  expect(await read(await snapshotOf(table), table)).toEqual(['1']);
});
