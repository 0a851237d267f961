import type * as Written from '../../model/config/written.gen.ts';
import type { PipelineDraft } from './pipeline-draft.ts';

/**
 * Returns the names of a map as written, including entries that were removed for their shape: a reference to one of
 * those is not a second mistake.
 */
export function namesAt(draft: PipelineDraft, ...path: readonly string[]): string[] {
  const value = valueAt(draft, ...path);
  // A list in the place of a map, as other formats have it, carries the names inside its items.
  if (Array.isArray(value)) return value.flatMap((item) => nameInside(item) ?? []);
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function nameInside(item: unknown): string | undefined {
  const name: unknown = typeof item === 'object' && item !== null && 'name' in item ? item.name : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** Returns the value as written, misshapen or not. */
export function valueAt({ whole }: PipelineDraft, ...path: readonly string[]): unknown {
  let value: unknown = whole;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** Column names of a table, added ones included. */
export function columnNamesOf(draft: PipelineDraft, table: string): string[] {
  return [...namesAt(draft, 'tables', table, 'columns'), ...namesAt(draft, 'tables', table, 'add')];
}

export interface End {
  table: string;
  columns: readonly string[];
}

/**
 * One side of a relationship. In `table.column` both names may hold dots: the longest table name that exists wins.
 * Undefined for a text without a dot.
 */
export function readEnd(end: Written.RelationshipEnd, tables: readonly string[]): End | undefined {
  if (typeof end !== 'string') return end;
  const [known] = tables
    .filter((name) => end.startsWith(`${name}.`))
    .sort((one, other) => other.length - one.length);
  const table = known ?? /^[^.]+(?=\..)/.exec(end)?.[0];
  return table === undefined ? undefined : { table, columns: [end.slice(table.length + 1)] };
}
