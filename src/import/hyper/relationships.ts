import type { ExtractKey, InspectedTable } from '../../hyper/inspect.ts';
import type { FoundRelationship, FoundTable } from '../found.ts';

/** Returns the foreign keys between these tables as relationships, and why other keys are not written. */
export function relationshipsOf(tables: readonly { inspected: InspectedTable; table: FoundTable }[]): {
  relationships: FoundRelationship[];
  leftOut: string[];
} {
  const relationships: FoundRelationship[] = [];
  const leftOut: string[] = [];
  for (const { inspected, table } of tables) {
    const primary = keyOf(inspected.keys);
    for (const key of inspected.keys) {
      const { kind, columns, references } = key;
      if (kind === 'unique' && key !== primary)
        leftOut.push(
          `${table.name} unique (${columns.join(', ')}) (a check says it: checks: [{unique: […]}])`,
        );
      if (kind !== 'foreign key') continue;
      const target = tables.find(
        ({ inspected: other }) => other.schema === references?.schema && other.name === references.table,
      )?.table;
      const shown = `${table.name}.${columns.join(', ')} -> ${references?.table ?? 'another table'}`;
      if (target === undefined || references === undefined) leftOut.push(`${shown} (not among the tables)`);
      else if (!hasAll(table, columns) || !hasAll(target, references.columns))
        leftOut.push(`${shown} (a column of it is left out)`);
      else
        relationships.push({
          from: { table: table.name, columns },
          to: { table: target.name, columns: references.columns },
        });
    }
  }
  return { relationships, leftOut };
}

/** The primary key, or a unique one: a primary key of columns that may be NULL is declared unique in an extract. */
export function keyOf(keys: readonly ExtractKey[]): ExtractKey | undefined {
  return keys.find(({ kind }) => kind === 'primary key') ?? keys.find(({ kind }) => kind === 'unique');
}

export function hasAll({ columns }: Pick<FoundTable, 'columns'>, names: readonly string[]): boolean {
  return names.every((name) => columns.some((one) => one.name === name));
}
