import type pg from 'pg';
import { isDatabaseError } from './errors.ts';

/**
 * Begins a transaction that can only read, at one moment: its own, or that of an exported snapshot. Dates, intervals
 * and floats take the forms that Hyper reads exactly, and there is no time limit: a large table takes as long as it
 * takes. Everything is set for the transaction only, so that a pooler that shares sessions between programs
 * (pgbouncer in transaction mode) neither loses our settings nor passes them on.
 */
export async function beginRead(client: pg.Client, snapshot?: string): Promise<void> {
  const moment = snapshot === undefined ? '' : `set transaction snapshot '${snapshot}';`;
  await client.query(`begin transaction isolation level repeatable read, read only; ${moment} ${settings}`);
}

const settings = `
  set local datestyle = 'ISO, MDY'; set local intervalstyle = 'iso_8601'; set local timezone = 'UTC';
  set local extra_float_digits = 1; set local bytea_output = 'hex'; set local client_encoding = 'UTF8';
  set local standard_conforming_strings = on; set local statement_timeout = 0;
  set local idle_in_transaction_session_timeout = 0;
  select set_config(name, value, true) from pg_catalog.pg_settings
  join (values ('transaction_timeout', '0'), ('client_connection_check_interval', '5s')) as newer(name, value) using (name)`;

/** What fails within a transaction spoils the rest of it; not so what fails in here. */
export async function attempt<T>(client: pg.Client, call: () => Promise<T>): Promise<T> {
  await client.query('savepoint attempt');
  try {
    const result = await call();
    await client.query('release savepoint attempt');
    return result;
  } catch (error) {
    // When even this fails the connection is gone, which the first error says better.
    if (isDatabaseError(error)) await client.query('rollback to savepoint attempt').catch(() => undefined);
    throw error;
  }
}
