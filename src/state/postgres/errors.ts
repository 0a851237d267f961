import pg from 'pg';
import type { Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { foreign } from '../../model/errors/secrets.ts';
import { codeOf, isDatabaseError, messageOf } from '../../postgres/connect-errors.ts';

/** The state in messages: `schema extracts at db.example.com:5432`. */
export interface Where {
  shown: string;
  schema: string;
  place: Place;
}

/** True for what may pass by itself: a connection that broke, a server that restarts, two transactions in each other's way. */
export function mayPass(error: unknown): boolean {
  if (error instanceof RunError) return error.code === 'EXT2001' && mayPass(error.cause);
  if (error === undefined) return false;
  const code = codeOf(error) ?? '';
  if (isDatabaseError(error)) return /^(?:08|40|53|57P0[1-4]|55P03|57014)/.test(code);
  return passing.has(code) || /terminated|timeout|ended|closed|not queryable|silent/i.test(messageOf(error));
}

const passing: ReadonlySet<string> = new Set(
  'ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT EAI_AGAIN EHOSTUNREACH ENETUNREACH ECONNABORTED'.split(' '),
);

/** True where the schema or one of its tables is not there. */
export const isMissing = (error: unknown) => ['42P01', '3F000'].includes(codeOf(error) ?? '');

/**
 * Explains why the state could not be asked, with the remedy. `role` is the user of the connection, if there was one. Throws an
 * error that is a fault of this program.
 */
export function explainState(
  error: unknown,
  { shown, schema, place }: Where,
  role: string | undefined,
): RunError {
  if (error instanceof RunError) return error;
  const code = codeOf(error);
  const text = foreign(messageOf(error));
  const facts = { place, cause: error };
  if (code === '42501')
    return new RunError('EXT6009', `this role may not use the state in ${shown}: ${text}`, {
      ...facts,
      hint: `have their owner run: ${grants(schema, role)}; for plan alone, select is enough`,
    });
  if (code === '25006')
    return new RunError('EXT6001', `the state in ${shown} cannot be written: ${text}`, {
      ...facts,
      hint: 'connect to the primary: add target_session_attrs=read-write to the url',
    });
  if (!isDatabaseError(error) && !mayPass(error)) throw error;
  return new RunError('EXT6011', `the state in ${shown} cannot be used: ${text}`, {
    ...facts,
    hint: 'run again when PostgreSQL works; what was recorded is kept',
  });
}

/** Says which statements an owner of the database must run, where this role may not create the tables. */
export function mayNotCreate(cause: unknown, user: string, { shown, schema, place }: Where): RunError {
  const name = pg.escapeIdentifier(schema);
  return new RunError(
    'EXT6009',
    `this role may not create the tables of the state in ${shown}: ${foreign(messageOf(cause))}`,
    {
      hint: `have an owner of the database run: create schema if not exists ${name}; grant usage, create on schema ${name} to ${pg.escapeIdentifier(user)}; or make the tables as docs/state.md shows them`,
      place,
      cause,
    },
  );
}

export function newerTables(version: number, newest: number, { shown, place }: Where): RunError {
  return new RunError(
    'EXT6010',
    `the state in ${shown} was made by a newer version of extracts: its tables have version ${version}, and this program knows ${newest}`,
    { hint: 'upgrade extracts here', place: child(place, 'schema') },
  );
}

function grants(schema: string, role: string | undefined): string {
  const name = pg.escapeIdentifier(schema);
  const to = role === undefined ? 'the user of the URL' : pg.escapeIdentifier(role);
  return `grant usage on schema ${name} to ${to}; grant select, insert, update, delete on all tables in schema ${name} to ${to}`;
}
