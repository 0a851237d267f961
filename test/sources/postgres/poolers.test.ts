import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { SourcePort } from '../../../src/model/ports/source-port.ts';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { openPool } from '../../../src/sources/postgres/connection/pool.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { startPooler } from '../../support/postgres/pooler.ts';
import { startTransactionPooler } from '../../support/postgres/transaction-pooler.ts';
import { linesOf } from './going.ts';
import { contractOf, never, sourceAt } from './support.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await database.client.query('create table t (id int); insert into t select generate_series(1, 3)');
});
afterAll(() => database.close());

const table = contractOf({ name: 't', table: 't', columns: { id: 'int' } });

/** A source behind a pooler with so many connections to the server. */
async function pooled(size: number, { kept = 0, patience = 1500, most = 10, start = startPooler } = {}) {
  const pooler = await start(database.url, size);
  const pool = openPool(most, kept, patience);
  onTestFinished(async () => {
    await pool.close();
    await pooler.close();
  });
  return { pool, source: openPostgres(sourceAt(pooler.url), pool), place: sourceAt(pooler.url) };
}

test('a pooler with one server connection is an error that names the cause, and no reader waits for ever', async () => {
  const { source } = await pooled(1);
  const [seen] = await source.observe([{ table, before: undefined }], never());
  expect(seen?.problems).toEqual([]);
  const snapshot = await source.snapshot([table], never());
  onTestFinished(() => snapshot.end());
  await expect(snapshot.feed(table, never()).then(linesOf)).rejects.toMatchObject({
    code: 'EXT2025',
    message:
      'waited 2 s for a connection: the pooler in front of PostgreSQL has no server connection left for this user and database',
    hint: 'each snapshot takes one and each reader another: give the pooler at least 2 (pool_size of pgbouncer) and this run no more than that, in extracts.yaml: limits: {connections: 2}; or connect to PostgreSQL itself',
  });
});

test('with two, tables are read one after the other, however long that takes', async () => {
  const { source } = await pooled(2, { patience: 600 });
  const slow = (name: string) =>
    contractOf({ name, query: 'select pg_sleep(1.2)::text as id', columns: { id: 'text' } });
  const snapshot = await source.snapshot([slow('one'), slow('two')], never());
  onTestFinished(() => snapshot.end());
  const reads = [slow('one'), slow('two')].map((one) => snapshot.feed(one, never()).then(linesOf));
  expect(await Promise.all(reads)).toEqual([[''], ['']]);
});

test('a connection that is kept for later is given up for one that is needed now', async () => {
  const { pool, place } = await pooled(1, { kept: 5 });
  const first = await pool.lead(place);
  const second = await pool.lead(place);
  await first.begin();
  await first.free();
  await second.begin();
  await second.free();
});

test('a search for the row that was refused does not wait for a connection that there is not', async () => {
  const { source } = await pooled(2);
  const wrong = contractOf({ table: 't', columns: { id: 'int' } });
  const snapshot = await source.snapshot([wrong], never());
  onTestFinished(() => snapshot.end());
  const { parts } = await snapshot.feed(wrong, never());
  const [part] = parts;
  if (part?.kind !== 'stream') throw new Error('a table of PostgreSQL is a stream');
  const opened = await part.open(never());
  const error = await part.explain({ message: 'not a number', record: 2, column: 'id' });
  expect(error).toMatchObject({
    code: 'EXT2003',
    message: expect.stringContaining('row 2 as read') as string,
  });
  for await (const chunk of opened.bytes) expect(chunk.length).toBeGreaterThan(0);
}, 30_000);

/** Reads the table as a pipeline of a run does, beside others. */
async function readBeside(source: SourcePort): Promise<string[]> {
  const snapshot = await source.snapshot([table], never());
  try {
    return await snapshot.feed(table, never()).then(linesOf);
  } finally {
    await snapshot.end();
  }
}

test('behind a pooler of transactions with one server connection, several pipelines end as one does', async () => {
  const { source } = await pooled(1, { kept: 10, start: startTransactionPooler });
  const reads = await Promise.allSettled([1, 2, 3].map(() => readBeside(source)));
  const refused = { status: 'rejected', reason: expect.objectContaining({ code: 'EXT2025' }) as Error };
  expect(reads).toEqual([refused, refused, refused]);
}, 30_000);

test('with limits.connections as many as the pooler has, all of them are read', async () => {
  const { source } = await pooled(2, { kept: 2, most: 2, start: startTransactionPooler });
  const reads = await Promise.all([1, 2, 3].map(() => readBeside(source)));
  expect(reads).toEqual([1, 2, 3].map(() => ['1', '2', '3']));
});

test('what another program has left on a connection of the pooler decides nothing', async () => {
  const { source, place } = await pooled(1, { start: startTransactionPooler });
  await database.client.query(
    'create schema other; create table other.t (id int); insert into other.t values (9)',
  );
  const other = new pg.Client({ connectionString: place.url! });
  await other.connect();
  await other.query('set search_path = other; set transform_null_equals = on');
  await other.end();
  const question = { sql: 'select id, (id = null) is null from t order by id', limit: 9, place: place.place };
  const { rows } = await source.items!(question, never());
  expect(rows).toEqual([1, 2, 3].map((id) => [String(id), 't']));
});

test('a new connection that is held back where the run has others open names the pooler and the limit', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const held = new URL(database.url);
  held.port = String((silent.address() as AddressInfo).port);
  held.searchParams.set('connect_timeout', '1');
  const pool = openPool(4);
  // The first one is let through.
  silent.once('connection', (client) => {
    const server = createConnection(Number(new URL(database.url).port), '127.0.0.1');
    client.pipe(server).pipe(client);
    client.on('close', () => server.destroy()).on('error', () => undefined);
  });
  const first = await pool.lead(sourceAt(held.href));
  onTestFinished(async () => {
    await first.end();
    await pool.close();
    silent.close();
  });
  await expect(pool.read(sourceAt(held.href))).rejects.toMatchObject({
    code: 'EXT2001',
    message: `no answer from 127.0.0.1:${held.port} within 1 s, though this run has others open there`,
    hint: 'a pooler or proxy may have no connection left: let it have as many as this run takes, in extracts.yaml: limits: {connections: 2}; otherwise check host, port and firewall',
  });
});
