import type { Problem } from './problem.ts';
import type {
  GeneratedRelationship,
  GeneratedTable,
  GeneratedTemplate,
} from '../../model/config/data-source.ts';

/** Relationships must name what exists and join all tables into one tree. */
export function checkRelationships({ tables, relationships }: GeneratedTemplate): Problem[] {
  const problems = relationships.flatMap((relationship, n) =>
    checkOne(relationship, tables, ['relationships', n]),
  );
  return problems.length > 0 ? problems : checkTree(tables, relationships);
}

function checkOne(
  { from, to }: GeneratedRelationship,
  tables: readonly GeneratedTable[],
  path: readonly (string | number)[],
): Problem[] {
  const problems: Problem[] = [];
  for (const [side, end] of [['from', from] as const, ['to', to] as const]) {
    const table = tables.find(({ name }) => name === end.table);
    if (table === undefined) {
      const message = `a relationship names the table "${end.table}", which there is not`;
      problems.push({ code: 'EXT4410', path: [...path, side, 'table'], message });
      continue;
    }
    for (const [n, column] of end.columns.entries()) {
      if (table.columns.some(({ name }) => name === column)) continue;
      const message = `a relationship names the column "${column}", which table "${table.name}" does not have`;
      problems.push({ code: 'EXT4410', path: [...path, side, 'columns', n], message });
    }
  }
  if (from.columns.length !== to.columns.length || from.columns.length === 0) {
    const message = `the relationship of "${from.table}" and "${to.table}" must name as many columns on one side as on the other, and at least one`;
    problems.push({ code: 'EXT4410', path, message });
  }
  return problems;
}

/** A tree of n tables has n - 1 edges, and each edge reaches a table that was not reached before. */
function checkTree(
  tables: readonly GeneratedTable[],
  relationships: readonly GeneratedRelationship[],
): Problem[] {
  const group = new Map(tables.map(({ name }) => [name, name]));
  const problems: Problem[] = [];
  for (const [n, { from, to }] of relationships.entries()) {
    const [one, other] = [group.get(from.table) ?? '', group.get(to.table) ?? ''];
    if (one === other) {
      const path = pathBetween(from.table, to.table, relationships.slice(0, n));
      const message = `"${from.table}" and "${to.table}" are related already: ${path.join(' – ')}`;
      const hint = 'relationships join all tables in one tree; remove one of those on this way';
      problems.push({ code: 'EXT4410', path: ['relationships', n], message, hint });
    }
    for (const [name, current] of group) if (current === other) group.set(name, one);
  }
  const [first, ...rest] = tables;
  if (first === undefined || problems.length > 0) return problems;
  const apart = rest
    .filter(({ name }) => group.get(name) !== group.get(first.name))
    .map(({ name }) => `"${name}"`);
  if (apart.length === 0) return [];
  const message = `no relationship joins ${apart.join(', ')} with "${first.name}"`;
  return [{ code: 'EXT4410', path: ['relationships'], message }];
}

/** Returns the tables on the way from one to another, both included. */
function pathBetween(
  from: string,
  to: string,
  relationships: readonly GeneratedRelationship[],
): readonly string[] {
  const ways: string[][] = [[from]];
  const seen = new Set([from]);
  for (const way of ways) {
    const last = way.at(-1);
    if (last === to) return way;
    for (const { from: one, to: other } of relationships) {
      const next = one.table === last ? other.table : other.table === last ? one.table : undefined;
      if (next === undefined || seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return [from, to];
}
