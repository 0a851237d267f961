import type pg from 'pg';
import { isDatabaseError } from '../../../postgres/connect-errors.ts';

/**
 * Begins a transaction that can only read, at one moment: its own, or that of an exported snapshot. Dates, intervals
 * and floats take the forms that Hyper reads exactly, and there is no time limit: a large table takes as long as it
 * takes. Only for a lock there is one, that of the user if it has one. Everything is set for the transaction only, so
 * that a pooler that shares sessions between programs (pgbouncer in transaction mode) neither loses our settings nor
 * passes them on. Settings that another program has left on the session are set back to those of the user and database:
 * with a search path of its own, a name would mean another table.
 */
export async function beginRead(client: pg.Client, snapshot?: string): Promise<void> {
  const moment = snapshot === undefined ? '' : `set transaction snapshot '${snapshot}';`;
  const answers = (await client.query(
    `begin transaction isolation level repeatable read, read only; ${moment} ${settings}`,
  )) as unknown as pg.QueryResult<{ pid: number }>[];
  const pid = answers.at(-1)?.rows[0]?.pid;
  if (pid !== undefined) backends.set(client, pid);
}

const backends = new WeakMap<pg.Client, number>();

/** The process that runs this client's transaction: behind a pooler it is another one for each. */
export const backendOf = (client: pg.Client): number | undefined => backends.get(client);

const settings = `
  select set_config(name, reset_val, true) from pg_catalog.pg_settings
  where source = 'session' and context = 'user' and name not in (
    'application_name', 'transaction_isolation', 'transaction_read_only', 'transaction_deferrable');
  set local datestyle = 'ISO, MDY'; set local intervalstyle = 'iso_8601'; set local timezone = 'UTC';
  set local extra_float_digits = 1; set local bytea_output = 'hex'; set local client_encoding = 'UTF8';
  set local standard_conforming_strings = on; set local statement_timeout = 0;
  set local idle_in_transaction_session_timeout = 0;
  select set_config(name, value, true) from pg_catalog.pg_settings
  join (values ('transaction_timeout', '0'), ('client_connection_check_interval', '5s')) as newer(name, value) using (name);
  select set_config('lock_timeout', coalesce(nullif(current_setting('lock_timeout'), '0'), '60s'), true),
         pg_backend_pid() as pid`;

/** Runs a call whose failure does not abort the rest of the transaction. */
export async function attempt<T>(client: pg.Client, call: () => Promise<T>): Promise<T> {
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
