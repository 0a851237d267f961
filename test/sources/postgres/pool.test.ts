import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPool } from '../../../src/sources/postgres/connection/pool.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { sourceAt } from './support.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

const pidOf = async (client: { query: (sql: string) => Promise<{ rows: { pid: number }[] }> }) =>
  (await client.query('select pg_backend_pid() as pid')).rows[0]?.pid;

test('half of the connections are for leaders, and the next waits for one', async () => {
  const pool = openPool(4);
  const source = sourceAt(database.url);
  const [one, two] = [await pool.lead(source), await pool.lead(source)];
  let third: 'waits' | 'goes on' = 'waits';
  const waiting = pool.lead(source).then((leased) => {
    third = 'goes on';
    return leased;
  });
  // Readers do not wait for leaders.
  const reader = await pool.read(source);
  expect(third).toBe('waits');
  await one.free();
  const leased = await waiting;
  expect(third).toBe('goes on');
  await Promise.all([two.end(), leased.end(), reader.end(), pool.close()]);
});

test('what was given back is used again, without the transaction that was open; what has died is not', async () => {
  const pool = openPool(2);
  const source = sourceAt(database.url);
  const first = await pool.lead(source);
  const pid = await pidOf(first.client);
  await first.client.query('begin');
  await first.free();
  await first.free();

  const second = await pool.lead(source);
  expect(await pidOf(second.client)).toBe(pid);
  await expect(second.client.query('vacuum pg_class')).resolves.toBeDefined();
  await second.free();

  await database.client.query('select pg_terminate_backend($1)', [pid]);
  const third = await pool.lead(source);
  expect(await pidOf(third.client)).not.toBe(pid);
  await third.end();
  await pool.close();
});
