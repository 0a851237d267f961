import type pg from 'pg';
import type { Fingerprint } from '../../../model/world/fingerprint.ts';
import type { SourceObservation } from '../../../model/world/observation.ts';
import type { Table } from '../../../model/config/pipeline.ts';
import { probe } from '../contract/catalog.ts';
import type { Agreed } from '../contract/contract.ts';
import type { Cursor } from '../contract/cursor-columns.ts';
import { inRange, lateOf, type Range } from './range.ts';
import { rowsSql } from '../sql/selection.ts';

/**
 * Returns why a load cannot continue with a new partition: a table that was attached brings rows that were not
 * written since. A partition that was created since has none of them.
 */
export async function attachedBreak(
  client: pg.Client,
  { table, agreed, cursor }: { table: Table; agreed: Agreed; cursor: Cursor },
  range: Range,
  [before, now]: readonly [Fingerprint | undefined, SourceObservation['fingerprint'] | undefined],
): Promise<string | undefined> {
  if (before?.kind !== 'postgres' || now?.kind !== 'postgres') return undefined;
  const fresh = Object.keys(now.relations).filter((oid) => !Object.hasOwn(before.relations, oid));
  const read = inRange(table, cursor, { ...range, upTo: undefined });
  if (fresh.length === 0 || read === undefined || lateOf(table, cursor, range) === undefined)
    return undefined;
  const missed = rowsSql(agreed.selection, `tableoid in (${fresh.join(', ')})`, `(${read}) is not true`);
  const { rows } = await probe(client, `select exists (select from ${missed})`);
  return rows[0]?.[0] === true
    ? 'a partition or child table was attached whose rows are older than the last read'
    : undefined;
}
