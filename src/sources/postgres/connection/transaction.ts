import type pg from 'pg';
import { processInKey } from '../../../postgres/cancel.ts';
import { isDatabaseError } from '../../../postgres/connect-errors.ts';
import { isAboutSql } from './errors.ts';

/**
 * Begins a transaction that can only read, at one moment: its own, or that of an exported snapshot. Dates, intervals
 * and floats take the forms that Hyper reads exactly, and there is no time limit: a large table takes as long as it
 * takes. Only for a lock there is one, that of the user if it has one. Everything is set for the transaction only, so
 * that a pooler that shares sessions between programs (pgbouncer in transaction mode) neither loses our settings nor
 * passes them on. Settings that another program has left on the session are set back to those of the user and database:
 * with a search path of its own, a name would mean another table.
 *
 * Looking for these costs the server a millisecond or two. A session that is ours alone has none, because our
 * transactions only read and are rolled back: there it is done once.
 */
export async function beginRead(client: pg.Client, snapshot?: string): Promise<void> {
  const moment = snapshot === undefined ? '' : `set transaction snapshot '${snapshot}';`;
  const begin = `begin transaction isolation level repeatable read, read only; ${moment}`;
  const newer = ownSessions.get(client);
  const pid = await settle(client, begin, newer);
  if (newer !== undefined && pid !== backends.get(client)) {
    // What looked like the server itself has given us another session.
    ownSessions.delete(client);
    await settle(client, '');
  }
  backends.set(client, pid);
}

/** Sends a beginning and the settings after it in one message; `newer` are those of `newerSettings` that the server has. */
async function settle(client: pg.Client, begin: string, newer?: readonly string[]): Promise<number> {
  const parts = newer === undefined ? [leftBehind, always, sought] : [always, newer.map(setLocal).join(' ')];
  const answers = (await client.query(
    `${begin} ${[...parts, waitsForLocks].join(' ')}`,
  )) as unknown as pg.QueryResult<{ pid?: number; newer?: string }>[];
  const rows = answers.flatMap((answer) => answer.rows);
  const pid = rows.at(-1)?.pid ?? 0;
  if (newer === undefined && pid === processInKey(client))
    ownSessions.set(
      client,
      rows.flatMap((row) => row.newer ?? []),
    );
  return pid;
}

const backends = new WeakMap<pg.Client, number>();
/** Sessions of the server itself, which no one else uses, each with those of the newer settings that it knows. */
const ownSessions = new WeakMap<pg.Client, readonly string[]>();

/** The process that runs this client's transaction: behind a pooler it is another one for each. */
export const backendOf = (client: pg.Client): number | undefined => backends.get(client);

/** Returns true where what a session keeps, as a prepared statement, is there for its next transaction. */
export const isOwnSession = (client: pg.Client): boolean => ownSessions.has(client);

const leftBehind = `
  select set_config(name, reset_val, true) from pg_catalog.pg_settings
  where source = 'session' and context = 'user' and name not in (
    'application_name', 'transaction_isolation', 'transaction_read_only', 'transaction_deferrable');`;

const always = `
  set local datestyle = 'ISO, MDY'; set local intervalstyle = 'iso_8601'; set local timezone = 'UTC';
  set local extra_float_digits = 1; set local bytea_output = 'hex'; set local client_encoding = 'UTF8';
  set local standard_conforming_strings = on; set local statement_timeout = 0;
  set local idle_in_transaction_session_timeout = 0;`;

/** Settings that only newer servers have, with our values. */
const newerSettings = { transaction_timeout: '0', client_connection_check_interval: '5s' } as const;

const sought = `
  select name as newer, set_config(name, value, true) from pg_catalog.pg_settings
  join (values ${Object.entries(newerSettings)
    .map(([name, value]) => `('${name}', '${value}')`)
    .join(', ')}) as newer(name, value) using (name);`;

const setLocal = (name: string) =>
  `set local ${name} = '${newerSettings[name as keyof typeof newerSettings]}';`;

const waitsForLocks = `
  select set_config('lock_timeout', coalesce(nullif(current_setting('lock_timeout'), '0'), '60s'), true),
         pg_backend_pid() as pid`;

/** Runs a call whose failure does not abort the rest of the transaction, unless that is risked (see `risk`). */
export async function attempt<T>(client: pg.Client, call: () => Promise<T>): Promise<T> {
  const risked = risks.get(client);
  if (risked !== undefined) {
    // The transaction is aborted, which would be the error of every further statement.
    if (risked.failure !== undefined) throw risked.failure;
    return call().catch((error: unknown) => {
      risked.failure ??= error as Error;
      throw error;
    });
  }
  await client.query('savepoint attempt');
  try {
    const result = await call();
    await client.query('release savepoint attempt');
    return result;
  } catch (error) {
    // When even this fails, the connection is lost, which the first error says better.
    if (isDatabaseError(error)) await client.query('rollback to savepoint attempt').catch(() => undefined);
    throw error;
  }
}

const risks = new WeakMap<pg.Client, { failure?: Error }>();

/**
 * Runs a call without savepoints for its attempts: they are most of its round trips, and none of them usually fails. If
 * PostgreSQL refuses the statement of one, the result is undefined and the transaction aborted: the caller runs it again with
 * savepoints.
 */
export async function risk<T>(client: pg.Client, call: () => Promise<T>): Promise<T | undefined> {
  const risked: { failure?: Error } = {};
  risks.set(client, risked);
  try {
    const result = await call();
    return risked.failure === undefined ? result : undefined;
  } catch (error) {
    if (isDatabaseError(risked.failure) && isAboutSql(risked.failure)) return undefined;
    throw error;
  } finally {
    risks.delete(client);
  }
}

/**
 * Looks at something within a transaction and lets go of the locks that it took. A transaction that kept them would hold
 * up a `truncate` or `alter table`, and behind that everybody who reads the table, for as long as it lasts.
 */
export async function lookAt<T>(client: pg.Client, call: () => Promise<T>): Promise<T> {
  await client.query('savepoint look');
  const seen = await call();
  await client.query('rollback to savepoint look; release savepoint look');
  return seen;
}
