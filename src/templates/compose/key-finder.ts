import type { Pipeline } from '../../model/config/pipeline.ts';

/** Returns true for columns that identify rows: those of primary keys and of relationships. Their sums mean nothing. */
export function keyFinder({ tables, relationships }: Pipeline): (table: string, column: string) => boolean {
  const keys = new Map(tables.map(({ name, primaryKey }) => [name, new Set(primaryKey)]));
  for (const { from, to } of relationships)
    for (const { table, columns } of [from, to]) for (const column of columns) keys.get(table)?.add(column);
  return (table, column) => keys.get(table)?.has(column) === true;
}
