import type * as Written from '../../model/config/written.gen.ts';
import type { FoundColumn } from '../found.ts';

const changed = /^(?:last_?)?(?:updated?|modified|changed?)(?:_?(?:at|on|date|time|ts|timestamp))?$/i;

/**
 * Returns how a table could be read incrementally: a table with a key and a time of the last change. It is a suggestion,
 * because only its owner knows whether every change sets that time.
 */
export function suggestLoad(
  columns: readonly FoundColumn[],
  primaryKey: readonly string[] | undefined,
): NonNullable<Written.Load> | undefined {
  const cursor = columns.find(
    ({ name, settings }) => changed.test(name) && /^(?:timestamp|timestamptz)$/.test(settings.type),
  );
  if (cursor === undefined || primaryKey === undefined) return undefined;
  const nulls = cursor.settings.not_null === true ? {} : { nulls: 'include' as const };
  return { mode: 'upsert', cursor: cursor.name, ...nulls };
}
