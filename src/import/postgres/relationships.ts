import type { ListedConstraint } from '../../sources/postgres/listing/constraints.ts';
import type { FoundRelationship, FoundTable } from '../found.ts';

/** Returns the foreign keys between these tables, and why the others are not relationships. */
export function importRelationships(
  constraints: readonly ListedConstraint[],
  tables: ReadonlyMap<string, FoundTable>,
): { relationships: FoundRelationship[]; leftOut: string[] } {
  const relationships: FoundRelationship[] = [];
  const leftOut: string[] = [];
  for (const { kind, table, target, columns, targetColumns, targetName, valid } of constraints) {
    const from = tables.get(table);
    if (kind !== 'reference' || from === undefined) continue;
    const shown = `${from.name}.${columns.join(', ')} -> ${targetName ?? ''}`;
    const to = target === null ? undefined : tables.get(target);
    if (to === undefined) leftOut.push(`${shown} (not among the tables)`);
    else if (!valid) leftOut.push(`${shown} (PostgreSQL has not checked it)`);
    else if (!hasAll(from, columns) || !hasAll(to, targetColumns ?? []))
      leftOut.push(`${shown} (a column of it is left out)`);
    else
      relationships.push({
        from: { table: from.name, columns },
        to: { table: to.name, columns: targetColumns ?? [] },
      });
  }
  return { relationships, leftOut };
}

function hasAll({ columns }: FoundTable, names: readonly string[]): boolean {
  return names.every((name) => columns.some((one) => one.name === name));
}
