import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Table } from '../../../src/model/config/pipeline.ts';
import { limitConcurrency } from '../../../src/model/base/limit.ts';
import { openPool } from '../../../src/sources/postgres/connection/pool.ts';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { contractOf, never, observe, sourceAt } from './support.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await database.client.query(`
    create table orders (id int not null, tenant int, total numeric(18,2));
    insert into orders select i, i % 50, i from generate_series(1, 1000) i;
    create table locked (id int); analyze`);
});
afterAll(() => database.close());

/** A transaction serves others for a second: here no time passes. */
beforeEach(() => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  onTestFinished(() => clock.mockRestore());
});

const tenant = (number: number): Table =>
  contractOf({
    name: `t${number}`,
    query: 'select * from orders where tenant = $1',
    params: [{ value: number, shown: String(number) }],
    changeDetection: 'select count(*), max(id) from orders where tenant = $1',
    columns: { id: 'int not null', total: 'numeric(18,2)' },
  });
const tenants = (count: number) => Array.from({ length: count }, (_, index) => tenant(index));

const original = Reflect.get(pg.Client.prototype, 'query') as (...args: unknown[]) => unknown;

const requestOf = (table: Table) => [{ table, before: undefined, redefined: false }];

function opened(lanes: number, signal = never()) {
  const pool = openPool(10);
  onTestFinished(() => pool.close());
  const port = openPostgres(sourceAt(database.url), pool, {
    lanes: { most: lanes, turn: limitConcurrency(lanes) },
  });
  return async (table: Table) => (await port.observe(requestOf(table), signal))[0];
}

/** The number of requests that sessions get while something is done. */
async function requestsOf(call: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  try {
    await call();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}

test('tables that are observed together have the same observations as alone', async () => {
  const observeOne = opened(3);
  const together = await Promise.all(tenants(20).map(observeOne));
  const alone = [];
  for (const table of tenants(20)) alone.push(await observe(sourceAt(database.url), table));
  expect(together).toEqual(alone);
});

test('a further table of a family costs five requests', async () => {
  const few = await requestsOf(() => Promise.all(tenants(10).map(opened(1))));
  const many = await requestsOf(() => Promise.all(tenants(50).map(opened(1))));
  expect(many - few).toBe(40 * 5);
});

test('a broken table has the error that it has alone, and the others are observed', async () => {
  const broken = [
    contractOf({ name: 'gone', table: 'missing', columns: { id: 'int' } }),
    contractOf({ name: 'column', table: 'orders', columns: { nothing: 'int' } }),
    contractOf({ name: 'sql', query: 'select from where', columns: { id: 'int' } }),
    contractOf({
      name: 'mark',
      table: 'orders',
      changeDetection: 'select 1/0',
      columns: { id: 'int not null' },
    }),
  ];
  const tables = [...tenants(5), ...broken, ...tenants(5)];
  const together = await Promise.allSettled(tables.map(opened(1)));
  const alone = [];
  for (const table of tables)
    alone.push(...(await Promise.allSettled([observe(sourceAt(database.url), table)])));
  expect(together).toEqual(alone);
  expect(together.filter(({ status }) => status === 'rejected')).toHaveLength(1);
});

test('a table that waits for a lock keeps no other one', async () => {
  const blocker = new pg.Client({ connectionString: database.url });
  await blocker.connect();
  onTestFinished(() => blocker.end());
  await blocker.query('begin; lock table locked in access exclusive mode');
  const observeOne = opened(2);
  const waiting = observeOne(contractOf({ name: 'locked', table: 'locked', columns: { id: 'int' } }));
  await Promise.all(tenants(10).map(observeOne));
  await blocker.query('rollback');
  expect((await waiting)?.problems).toEqual([]);
});

test('no lock of a table outlasts its observation', async () => {
  const statements: string[] = [];
  const query = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...args: unknown[]
  ) {
    if (typeof args[0] === 'string') statements.push(args[0]);
    return Reflect.apply(original, this, args) as undefined;
  });
  onTestFinished(() => query.mockRestore());
  await Promise.all(tenants(5).map(opened(1)));
  expect(statements.filter((sql) => sql === 'rollback to savepoint shared')).toHaveLength(5);
});

test('an interruption ends all that wait', async () => {
  const stop = new AbortController();
  const observeOne = opened(1, stop.signal);
  const all = tenants(5).map(observeOne);
  stop.abort(new Error('interrupted'));
  const settled = await Promise.allSettled(all);
  expect(settled).toEqual(settled.map(() => ({ status: 'rejected', reason: new Error('interrupted') })));
});
