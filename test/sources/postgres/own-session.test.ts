import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { noteBackendKey } from '../../../src/postgres/cancel.ts';
import { catalogQuery, largeCatalogQuery } from '../../../src/sources/postgres/connection/catalog-query.ts';
import { openPool } from '../../../src/sources/postgres/connection/pool.ts';
import { backendOf, beginRead, isOwnSession } from '../../../src/sources/postgres/connection/transaction.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { startTransactionPooler } from '../../support/postgres/transaction-pooler.ts';
import { sourceAt } from './support.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  const name = pg.escapeIdentifier(new URL(database.url).pathname.slice(1));
  await database.client.query(`alter database ${name} set plan_cache_mode = force_custom_plan`);
});
afterAll(() => database.close());

/** A client of this URL that has begun to read. */
async function begun(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  noteBackendKey(client);
  await client.connect();
  onTestFinished(() => client.end());
  await beginRead(client);
  return client;
}

const settingOf = async (client: pg.Client, name: string) =>
  (await client.query<{ value: string }>('select current_setting($1) as value', [name])).rows[0]?.value;

test('a session that is ours alone keeps the plans of questions, and has the same settings in each transaction', async () => {
  const pool = openPool(2);
  onTestFinished(() => pool.close());
  const prepared: number[] = [];
  for (let transaction = 0; transaction < 3; transaction++) {
    const leased = await pool.lead(sourceAt(database.url));
    await leased.begin();
    expect((await catalogQuery(leased.client, 'select $1::int as n', [7])).rows).toEqual([{ n: 7 }]);
    expect((await largeCatalogQuery(leased.client, 'select $1::int as m', [8])).rows).toEqual([{ m: 8 }]);
    const { rows } = await leased.client.query(
      `select from pg_prepared_statements where name like 'extracts%'`,
    );
    prepared.push(rows.length);
    expect(await settingOf(leased.client, 'plan_cache_mode')).toBe('force_custom_plan');
    expect(await settingOf(leased.client, 'lock_timeout')).toBe('1min');
    expect(await settingOf(leased.client, 'intervalstyle')).toBe('iso_8601');
    const newer = await leased.client.query<{ setting: string }>(
      `select setting from pg_settings where name in ('client_connection_check_interval', 'transaction_timeout')`,
    );
    expect(newer.rows.every(({ setting }) => ['5000', '0'].includes(setting))).toBe(true);
    await leased.free();
  }
  // The first transaction finds out that the session is ours.
  expect(prepared).toEqual([2, 2, 2]);
});

test('behind a pooler nothing is left in the session', async () => {
  const pooler = await startTransactionPooler(database.url, 1);
  onTestFinished(() => pooler.close());
  const client = await begun(pooler.url);
  expect(isOwnSession(client)).toBe(false);
  await catalogQuery(client, 'select $1::int as n', [7]);
  const { rows } = await client.query('select name from pg_prepared_statements');
  expect(rows).toEqual([]);
});

test('a pooler that hands on the key of a server, and then another session, is noticed', async () => {
  const pooler = await startTransactionPooler(database.url, 2);
  onTestFinished(() => pooler.close());
  const client = await begun(pooler.url);
  client.connection.emit('backendKeyData', { processID: backendOf(client), secretKey: 1 });
  await client.query('rollback');
  await beginRead(client);
  expect(isOwnSession(client)).toBe(true);
  await client.query('rollback');
  // Another client gets the session of before and stays in it; a third one leaves something in the session that comes next.
  await begun(pooler.url);
  const careless = new pg.Client({ connectionString: pooler.url });
  await careless.connect();
  await careless.query('set search_path = elsewhere');
  await careless.end();
  await beginRead(client);
  expect(isOwnSession(client)).toBe(false);
  expect(await settingOf(client, 'search_path')).toBe('"$user", public');
});
