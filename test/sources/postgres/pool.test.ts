import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { connectAside } from '../../../src/sources/postgres/connection/aside.ts';
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

const openNow = async (url: string) => {
  const { rows } = await database.client.query<{ count: number }>(
    `select count(*)::int from pg_stat_activity where application_name = 'extracts' and datname = $1`,
    [new URL(url).pathname.slice(1)],
  );
  return rows[0]?.count;
};

test('the databases of a server share its connections, and idle ones make room for each other', async () => {
  const other = await freshDatabase();
  onTestFinished(() => other.close());
  const pool = openPool(2);
  const [here, there] = [sourceAt(database.url), sourceAt(other.url)];
  const first = await pool.lead(here);
  const waiting = pool.lead(there);
  await first.free();
  const second = await waiting;
  const reader = await pool.read(here);
  await reader.free();
  const again = await pool.read(there);
  expect([await openNow(database.url), await openNow(other.url)]).toEqual([0, 2]);
  await Promise.all([second.free(), again.free()]);
  await Promise.all([pool.lead(here), pool.read(here)].map(async (lent) => (await lent).end()));
  expect([await openNow(database.url), await openNow(other.url)]).toEqual([0, 0]);
  await pool.close();
});

test('beside the pool there is one connection at a time, whatever becomes of it', async () => {
  const source = sourceAt(database.url);
  const { host } = new URL(database.url);
  const next = async (end: (client: Awaited<ReturnType<typeof connectAside>>) => unknown) => {
    const first = await connectAside(source, host);
    const unwanted = connectAside(source, host, AbortSignal.abort());
    const refused = connectAside({ ...source, database: 'gone' }, host);
    const second = connectAside(source, host);
    await expect(Promise.race([unwanted, refused, second, setTimeout(100, 'all wait')])).resolves.toBe(
      'all wait',
    );
    expect(await openNow(database.url)).toBe(1);
    await end(first);
    await expect(unwanted).rejects.toThrow('aborted');
    await expect(refused).rejects.toThrow('has no database "gone"');
    await (await second).end();
  };
  await next((client) => client.end());
  await next((client) => client.connection.stream.destroy());
  await next((client) =>
    client.query('select pg_terminate_backend(pg_backend_pid())').catch(() => undefined),
  );
});

test('a source with a limit leaves the other connections of the server to others', async () => {
  const pool = openPool(10);
  const bounded = { ...sourceAt(database.url), connections: 2 };
  const first = await pool.lead(bounded);
  const waiting = pool.lead(bounded);
  const others = await Promise.all([1, 2, 3].map(() => pool.lead(sourceAt(database.url))));
  await expect(Promise.race([waiting, Promise.resolve('waits')])).resolves.toBe('waits');
  await first.free();
  await Promise.all([...others, await waiting].map((leased) => leased.end()));
  await pool.close();
});

test('places of several sources that never fit are named, with what would be enough', async () => {
  const pool = openPool(3);
  const sources = ['a', 'b', 'c'].map((name) => sourceAt(`postgresql://db/${name}`));
  expect(pool.missingPlaces(sources.slice(1))).toBeUndefined();
  expect(pool.missingPlaces(sources)).toEqual({ source: sources[0], needed: 4 });
  const taken = await pool.places(sources.slice(1), new AbortController().signal);
  for (const place of taken) place.leave();
});
