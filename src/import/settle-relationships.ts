import type { Found, FoundRelationship, FoundTable } from './found.ts';
import { parseColumnType } from '../model/config/column-type.ts';
import { comparable } from '../model/config/check-columns.ts';

/** Relationships that a pipeline can have, the others with their reasons, and tables that none of them reaches. */
export interface SettledRelationships {
  kept: readonly FoundRelationship[];
  leftOut: readonly string[];
  /** Names of tables without a way to the first one. */
  apart: readonly string[];
}

/**
 * Keeps the relationships that Tableau can have: they relate equal types and form a tree. A bare .hyper carries them as foreign
 * keys, which must refer to a primary key; a generated data source needs none.
 */
export function settleRelationships(
  { tables, relationships }: Pick<Found, 'tables' | 'relationships'>,
  { generatesTemplate }: { generatesTemplate: boolean },
): SettledRelationships {
  const groups = new Map(tables.map(({ name }) => [name, name]));
  const kept: FoundRelationship[] = [];
  const leftOut: string[] = [];
  for (const relationship of relationships) {
    const { from, to } = relationship;
    const reason = whyNot(relationship, tables, generatesTemplate) ?? whyNoTree(relationship, groups);
    if (reason !== undefined) {
      leftOut.push(`${from.table}.${from.columns.join(', ')} -> ${to.table} (${reason})`);
      continue;
    }
    const [one, other] = [groups.get(from.table) ?? '', groups.get(to.table) ?? ''];
    for (const [name, group] of groups) if (group === other) groups.set(name, one);
    kept.push(relationship);
  }
  const first = groups.get(tables[0]?.name ?? '');
  const apart = [...groups].filter(([, group]) => group !== first).map(([name]) => name);
  return { kept, leftOut, apart };
}

function whyNot(
  { from, to }: FoundRelationship,
  tables: readonly FoundTable[],
  generatesTemplate: boolean,
): string | undefined {
  const target = tables.find(({ name }) => name === to.table);
  const origin = tables.find(({ name }) => name === from.table);
  const types = (table: FoundTable | undefined, names: readonly string[]) =>
    names.map((name) => typeOf(table, name));
  const others = types(target, to.columns);
  if (types(origin, from.columns).some((type, index) => type !== others[index]))
    return 'the columns have different types';
  if (generatesTemplate) return undefined;
  const key = target?.primaryKey ?? [];
  const isKey = key.length === to.columns.length && to.columns.every((name) => key.includes(name));
  const isRequired = to.columns.every(
    (name) => target?.columns.find((one) => one.name === name)?.settings.not_null === true,
  );
  return isKey && isRequired ? undefined : 'it refers to no primary key: --template generate has it';
}

function typeOf(table: FoundTable | undefined, name: string): string {
  const type = table?.columns.find((column) => column.name === name)?.settings.type ?? '';
  const parsed = parseColumnType(type);
  return 'problem' in parsed ? type : comparable(parsed);
}

function whyNoTree({ from, to }: FoundRelationship, groups: ReadonlyMap<string, string>): string | undefined {
  if (from.table === to.table) return 'a table cannot be related to itself in Tableau';
  return groups.get(from.table) === groups.get(to.table)
    ? 'these tables are related already, and relationships in Tableau form a tree'
    : undefined;
}
