import type { AppliedTable, TableDefinition } from '../../model/world/applied-record.ts';
import type { Estimate, SourceObservation } from '../../model/world/observation.ts';
import type { IncrementPlan } from '../../model/plan/increment-plan.ts';
import type { TablePlan } from '../../model/plan/table-plan.ts';
import { compareFingerprints } from './compare-fingerprints.ts';
import { diffSettings } from './setting-changes.ts';

/** Returns rows and bytes of a table after all of its rows are read. */
export function estimates(
  seen: SourceObservation | undefined,
  applied: AppliedTable | undefined,
  definition: TableDefinition,
): { rowsAfter?: Estimate; bytesAfter?: Estimate } {
  const rows = grown(seen, applied, definition) ?? seen?.rows;
  return {
    ...(rows === undefined ? {} : { rowsAfter: rows }),
    ...(seen?.bytes === undefined ? {} : { bytesAfter: seen.bytes }),
  };
}

/**
 * Returns the rows of a table by the last count and the counters since, which are closer than PostgreSQL's estimate;
 * undefined if they cannot be known, as with a `where`, which leaves some uncounted.
 */
export function grown(
  seen: SourceObservation | undefined,
  applied: AppliedTable | undefined,
  { rest }: TableDefinition,
): Estimate | undefined {
  if (seen === undefined || seen.fingerprint.kind === 'unknown' || applied?.fingerprint === undefined)
    return undefined;
  // Other columns of the same rows; another condition, query or format makes other rows.
  if (diffSettings('', applied.definition.rest, rest).length > 0) return undefined;
  const comparison = compareFingerprints(applied.fingerprint, seen.fingerprint);
  if (comparison.same) return { value: applied.rows, exact: false };
  if (comparison.growth === undefined || 'where' in rest) return undefined;
  return { value: Math.max(0, applied.rows + comparison.growth), exact: false };
}

/**
 * Returns rows and bytes after the run: the rows that are read are as wide as the existing ones. `rows` is the number
 * that counters of the source give.
 */
export function grownBy(
  increment: IncrementPlan,
  applied: AppliedTable,
  seen: SourceObservation | undefined,
  rows: Estimate | undefined,
): Pick<TablePlan, 'rowsAfter' | 'bytesAfter' | 'increment'> {
  const since = seen?.cursor?.since;
  const beyond = since !== undefined && 'beyond' in since ? since.beyond : undefined;
  const width = applied.rows === 0 ? undefined : applied.bytes / applied.rows;
  const wide = (count: number | undefined) =>
    width === undefined || count === undefined ? undefined : guess(Math.round(width * count));
  const read = increment.bytes ?? wide(increment.rows?.value);
  const added =
    beyond ?? (read === undefined || width === undefined ? undefined : Math.round(read.value / width));
  const rowsAfter = rows ?? (added === undefined ? undefined : guess(applied.rows + added));
  const bytesAfter = wide(rowsAfter?.value);
  return {
    ...(rowsAfter && { rowsAfter }),
    ...(bytesAfter && { bytesAfter }),
    increment: { ...increment, ...(read && { bytes: read }) },
  };
}

const guess = (value: number): Estimate => ({ value, exact: false });
