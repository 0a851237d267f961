import type { AppliedTable, TableDefinition } from '../../model/world/applied-record.ts';
import type { Estimate, SourceObservation } from '../../model/world/observation.ts';
import { compareFingerprints } from './compare-fingerprints.ts';
import { diffSettings } from './setting-changes.ts';

/** Rows and bytes of a table as it will be. */
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
 * Last time's count and the counters since are nearer than the planner's guess; a table's `where` leaves some
 * uncounted.
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
