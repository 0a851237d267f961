import type pg from 'pg';
import { foreign } from '../model/errors/secrets.ts';
import type { HyperSession } from './session.ts';
import { identifier } from './sql.ts';

/** Tables that a hint names. */
const most = 5;

/** Codes of Hyper for a table and for a schema that do not exist. */
const missing = new Set(['42P01', '3F000']);

/** Returns what helps with a query that Hyper refuses; for a missing table or schema, the tables that are there. */
export async function queryHint(
  session: HyperSession,
  sql: string,
  error: pg.DatabaseError,
): Promise<string> {
  if (error.hint !== undefined) return foreign(error.hint);
  if (!missing.has(error.code ?? ''))
    return 'names with capitals are quoted; without --sql, inspect lists tables and columns';
  const names = await tablesFor(session, sql);
  if (names.length === 0) return 'the file has no tables';
  const left = names.length - most;
  const shown = foreign(names.slice(0, most).join(', '));
  return `the file has ${shown}${left > 0 ? ` and ${left} more` : ''}; names with capitals are quoted`;
}

/** Returns the names of the tables as a query writes them: those that this query speaks of come first. */
async function tablesFor(session: HyperSession, sql: string): Promise<string[]> {
  const rows = await session.query(`
    select n.nspname as "schema", c.relname as "table"
    from "extract".pg_catalog.pg_class c
    join "extract".pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'tableau', 'pg_temp')
    order by n.nspname, c.relname`);
  const asked = sql.toLowerCase();
  const isMeant = (row: (typeof rows)[number]) => asked.includes((row.table ?? '').toLowerCase());
  return [...rows.filter(isMeant), ...rows.filter((row) => !isMeant(row))].map(
    ({ schema, table }) => `${identifier(schema ?? '')}.${identifier(table ?? '')}`,
  );
}
