import type { Query } from './hyper.ts';
import { quoteName } from './hyper.ts';

export interface HyperTable {
  schema: string;
  name: string;
  columns: { name: string; type: string }[];
}

/** An assumed foreign key: `from` refers to `to`, both as keys made by `tableKey`. */
export interface ForeignKey {
  from: string;
  to: string;
}

export function tableKey(schema: string, name: string): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

/** All tables of an attached file with their columns in order. */
export async function readTables(query: Query, alias: string): Promise<HyperTable[]> {
  const catalog = `${quoteName(alias)}.pg_catalog`;
  const rows = await query(
    `select n.nspname as schema, c.relname as name, a.attname as column,
            format_type(a.atttypid, a.atttypmod) as type
     from ${catalog}.pg_class c
     join ${catalog}.pg_namespace n on n.oid = c.relnamespace
     left join ${catalog}.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'tableau', 'pg_temp')
     order by n.nspname, c.relname, a.attnum`,
  );
  const tables = new Map<string, HyperTable>();
  for (const { schema, name, column, type } of rows) {
    if (typeof schema !== 'string' || typeof name !== 'string') continue;
    const key = tableKey(schema, name);
    const table = tables.get(key) ?? { schema, name, columns: [] };
    tables.set(key, table);
    if (typeof column === 'string' && typeof type === 'string') table.columns.push({ name: column, type });
  }
  return [...tables.values()];
}

export async function readForeignKeys(query: Query, alias: string): Promise<ForeignKey[]> {
  const catalog = `${quoteName(alias)}.pg_catalog`;
  const rows = await query(
    `select n.nspname as schema, c.relname as name, pn.nspname as parent_schema, p.relname as parent_name
     from ${catalog}.pg_constraint x
     join ${catalog}.pg_class c on c.oid = x.conrelid
     join ${catalog}.pg_namespace n on n.oid = c.relnamespace
     join ${catalog}.pg_class p on p.oid = x.confrelid
     join ${catalog}.pg_namespace pn on pn.oid = p.relnamespace
     where x.contype = 'f'`,
  );
  return (rows as Record<string, string>[]).map((row) => ({
    from: tableKey(row.schema ?? '', row.name ?? ''),
    to: tableKey(row.parent_schema ?? '', row.parent_name ?? ''),
  }));
}

export type TreeFault = 'fact-tables' | 'not-a-tree';

/**
 * Checks the rule for publishing several tables as a bare .hyper: foreign keys must make one tree over all tables, with
 * exactly one table (the fact) that no other refers to.
 */
export function faultOfTree(
  tables: readonly HyperTable[],
  keys: readonly ForeignKey[],
): TreeFault | undefined {
  const names = tables.map((table) => tableKey(table.schema, table.name));
  const facts = names.filter((name) => !keys.some((key) => key.to === name));
  if (facts.length !== 1) return 'fact-tables';
  if (keys.length !== names.length - 1) return 'not-a-tree';
  const reached = new Set(facts);
  for (const name of reached) {
    for (const key of keys) if (key.from === name) reached.add(key.to);
  }
  return reached.size === names.length ? undefined : 'not-a-tree';
}
