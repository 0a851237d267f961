import pg from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { startCancelCounter } from '../../support/postgres/cancel-counter.ts';
import { testDatabase } from '../../support/database.ts';
import { contractOf, never, sourceAt } from './support.ts';

/** A database, and the number of requests to cancel a query of ours: a session whose socket is closed would end by itself, too. */
async function watchedDatabase() {
  const { url, client } = await testDatabase();
  const counter = await startCancelCounter(url);
  onTestFinished(() => counter.close());
  return { url: counter.url, client, cancels: () => counter.cancels() };
}

it('cancels the query of change detection when the observation is interrupted', async () => {
  const { url, client, cancels } = await watchedDatabase();
  const interruption = new AbortController();
  const changeDetection = 'select pg_sleep(40)::text';
  const table = contractOf({ query: 'select 1 as id', changeDetection, columns: { id: 'int' } });
  const source = openPostgres(sourceAt(url));
  const observed = source.observe([{ table, before: undefined }], interruption.signal);
  await sessions(client, `wait_event = 'PgSleep'`, 1);
  await expectEnd(client, interruption, observed);
  expect(cancels()).toBe(1);
});

it('cancels the wait for a lock of another session when the observation is interrupted', async () => {
  const { url, client, cancels } = await watchedDatabase();
  await lockedTable(client, url);
  const interruption = new AbortController();
  const table = contractOf({ table: 'locked', columns: { id: 'int' } });
  const source = openPostgres(sourceAt(url));
  const observed = source.observe([{ table, before: undefined }], interruption.signal);
  await sessions(client, `wait_event_type = 'Lock'`, 1);
  await expectEnd(client, interruption, observed);
  expect(cancels()).toBe(1);
});

it('cancels the query of for_each when it is interrupted', async () => {
  const { url, client, cancels } = await watchedDatabase();
  const interruption = new AbortController();
  const place = { file: 'pipeline.yaml', pointer: '/for_each' };
  const asked = openPostgres(sourceAt(url)).items?.(
    { sql: 'select pg_sleep(40)::text as key', limit: 2, place },
    interruption.signal,
  );
  if (asked === undefined) throw new Error('PostgreSQL has items');
  await sessions(client, `wait_event = 'PgSleep'`, 1);
  await expectEnd(client, interruption, asked);
  expect(cancels()).toBe(1);
});

it('cancels a COPY that computes and sends nothing when its stream is destroyed', async () => {
  const { url, client, cancels } = await watchedDatabase();
  const slow = contractOf({ query: 'select 1 as id from pg_sleep(40)', columns: { id: 'int' } });
  const snapshot = await openPostgres(sourceAt(url)).snapshot([slow], never());
  const { parts } = await snapshot.feed(slow, never());
  const [part] = parts;
  if (part?.kind !== 'stream') throw new Error('PostgreSQL is read as a stream');
  const { bytes } = await part.open(never());
  await sessions(client, `wait_event = 'PgSleep'`, 1);
  bytes.destroy();
  await sessions(client, `query like 'copy%'`, 0);
  expect(cancels()).toBe(1);
  await snapshot.end();
});

async function lockedTable(client: pg.Client, url: string): Promise<void> {
  await client.query('create table locked (id int)');
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  // Dropping the database ends it.
  holder.on('error', () => undefined);
  onTestFinished(() => holder.end());
  await holder.query('begin; lock table locked in access exclusive mode');
}

async function expectEnd(client: pg.Client, interruption: AbortController, work: Promise<unknown>) {
  const reason = new Error('interrupted');
  const rejected = expect(work).rejects.toBe(reason);
  interruption.abort(reason);
  await rejected;
  await sessions(client, 'true', 0);
}

/** Waits until as many sessions of ours are like that. */
async function sessions(client: pg.Client, like: string, count: number): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await client.query(
      `select pid from pg_stat_activity where application_name = 'extracts' and datname = current_database() and ${like}`,
    );
    expect(rows).toHaveLength(count);
  }, 30_000);
}
