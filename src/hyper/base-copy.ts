import { copyInterruptibly } from '../disk/copy.ts';
import type { Extract, Table } from '../model/config/pipeline.ts';
import type { ExtractBase } from '../model/ports/extract-port.ts';
import { createTable } from './ddl.ts';
import type { HyperSession } from './session.ts';
import { identifier, literal, tableName } from './sql.ts';

/** An extract to continue from, and what ends copying it. */
export type InterruptibleBase = ExtractBase & { signal: AbortSignal };

/**
 * Begins a draft as a copy of an extract, attached as `draft`. Tables that are kept stay with their rows, tables that
 * are emptied stay without, both with the columns of the contract; everything else in the copy is dropped to make
 * room for what the contract has.
 */
export async function copyBase(
  session: HyperSession,
  draft: string,
  { schema, tables }: Pick<Extract, 'schema'> & { tables: readonly Table[] },
  { from, kept, emptied, reshaped = [], signal }: InterruptibleBase,
): Promise<void> {
  if ('path' in from) await copyInterruptibly(from.path, draft, signal);
  else await from.unpack(draft);
  await session.query(`attach database ${identifier(draft)} as draft`);
  const remaining = new Set([...kept, ...emptied]);
  const name = (table: string) => tableName('draft', schema, table);
  for (const table of await tablesIn(session, schema))
    if (!remaining.has(table)) await session.query(`drop table ${name(table)}`);
  for (const { table, rename, drop } of reshaped) {
    for (const { from: old, to } of rename)
      await session.query(`alter table ${name(table)} rename column ${identifier(old)} to ${identifier(to)}`);
    for (const column of drop)
      await session.query(`alter table ${name(table)} drop column ${identifier(column)}`);
  }
  for (const table of emptied) await session.query(`truncate table ${name(table)}`);
  for (const table of tables)
    if (!remaining.has(table.name)) await session.query(createTable('draft', schema, table));
}

async function tablesIn(session: HyperSession, schema: string): Promise<string[]> {
  const rows = await session.query(
    `select c.relname as "table" from draft.pg_catalog.pg_class c ` +
      `join draft.pg_catalog.pg_namespace n on n.oid = c.relnamespace ` +
      `where c.relkind = 'r' and n.nspname = ${literal(schema)}`,
  );
  return rows.flatMap(({ table }) => table ?? []);
}
