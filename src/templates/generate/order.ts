import type { GeneratedTable, GeneratedTemplate } from '../../model/config/data-source.ts';

/**
 * Tables from the facts outwards: one that no relationship leads to comes first, then what it refers to. Tableau shows
 * the first one on the left.
 */
export function orderTables({ tables, relationships }: GeneratedTemplate): GeneratedTable[] {
  const start = tables.find(({ name }) => !relationships.some(({ to }) => to.table === name)) ?? tables[0];
  const ordered = start === undefined ? [] : [start];
  for (const table of ordered) {
    const near = relationships.flatMap(({ from, to }) => {
      if (from.table === table.name) return [to.table];
      return to.table === table.name ? [from.table] : [];
    });
    ordered.push(...tables.filter((other) => near.includes(other.name) && !ordered.includes(other)));
  }
  return [...ordered, ...tables.filter((table) => !ordered.includes(table))];
}
