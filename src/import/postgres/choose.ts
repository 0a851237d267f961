import { suggestion } from '../../model/base/nearest.ts';
import { isNameMatch } from '../../model/base/name-pattern.ts';
import type { ListedRelation } from '../../sources/postgres/listing/relations.ts';
import { UsageError } from '../../run/usage-error.ts';
import { readRelation } from '../../config/values/relation.ts';

/** Which tables the user asked for. */
export interface Wanted {
  /** Schemas; without any, those of the search path. */
  schemas: readonly string[];
  /** Exact names: `invoice`, `sales.invoice`. */
  names: readonly string[];
  /** Patterns for names: `invoice*`. */
  patterns: readonly string[];
}

/**
 * Returns the relations that the user asked for, in the order of the catalog. Without names and patterns these are all tables
 * and materialized views; a view is only taken if it is named.
 */
export function chooseRelations(
  all: readonly ListedRelation[],
  { schemas, names, patterns }: Wanted,
  searchPath: readonly string[],
): ListedRelation[] {
  for (const schema of schemas) checkSchema(schema, all);
  const wanted = schemas.length > 0 ? schemas : searchPath;
  const inReach = all.filter(({ schema }) => wanted.includes(schema));
  if (names.length === 0 && patterns.length === 0) {
    const tables = inReach.filter(({ kind }) => kind !== 'v');
    if (tables.length === 0) throw nothingThere(all, inReach, wanted);
    return tables;
  }
  const found = new Set<ListedRelation>();
  for (const name of names) found.add(byName(name, inReach, all));
  for (const pattern of patterns) {
    const matching = inReach.filter(({ name }) => isNameMatch(name, pattern));
    if (matching.length === 0) throw noMatch(pattern, inReach, wanted);
    for (const one of matching) found.add(one);
  }
  return all.filter((one) => found.has(one));
}

function checkSchema(schema: string, all: readonly ListedRelation[]): void {
  const known = [...new Set(all.map((one) => one.schema))];
  if (known.includes(schema)) return;
  const { hint } = suggestion(schema, known);
  throw new UsageError(`the database has no schema "${schema}" with tables`, hint);
}

function byName(
  name: string,
  inReach: readonly ListedRelation[],
  all: readonly ListedRelation[],
): ListedRelation {
  const asked = readRelation(name);
  const found =
    inReach.find((one) => one.name === name) ??
    (asked?.schema === undefined
      ? inReach.find((one) => one.name === asked?.name)
      : all.find((one) => one.name === asked.name && one.schema === asked.schema));
  if (found !== undefined) return found;
  const names = inReach.map((one) => one.name);
  throw new UsageError(`the database has no table "${name}"`, suggestion(name, names).hint);
}

function noMatch(
  pattern: string,
  inReach: readonly ListedRelation[],
  schemas: readonly string[],
): UsageError {
  const names = inReach.map(({ name }) => name);
  const { hint } = suggestion(pattern.replaceAll('*', ''), names);
  return new UsageError(`no table in ${listed(schemas)} matches "${pattern}"`, hint);
}

function nothingThere(
  all: readonly ListedRelation[],
  inReach: readonly ListedRelation[],
  schemas: readonly string[],
): UsageError {
  const message = `there is no table in ${listed(schemas)}`;
  if (inReach.length > 0)
    return new UsageError(message, `there are only views: name them, as in --tables '${inReach[0]?.name}'`);
  const others = [...new Set(all.map(({ schema }) => schema))];
  if (others.length === 0)
    return new UsageError(message, 'the database has no tables that this user can see');
  return new UsageError(message, `there are tables in ${listed(others)}: add --schema ${others[0] ?? ''}`);
}

function listed(schemas: readonly string[]): string {
  if (schemas.length === 0) return 'the search path';
  const names = schemas.map((schema) => `"${schema}"`).join(', ');
  return `${schemas.length === 1 ? 'schema' : 'schemas'} ${names}`;
}
