import type { AppliedTable } from '../../model/world/applied-record.ts';
import type { SourceObservation } from '../../model/world/observation.ts';
import { compareFingerprints } from './compare-fingerprints.ts';
import { redefined } from './redefined.ts';

/** How the fingerprint of a source compares with that of the last apply. */
export interface ComparedSource {
  /** Undefined if nothing can be compared. */
  same: boolean | undefined;
  reason?: string;
  replaced?: string;
  /** The source counts every insert, and counted none. */
  noInserts?: true;
}

/** Compares what was seen of a source with what was recorded of it. */
export function compareSource(
  { fingerprint }: SourceObservation,
  { fingerprint: before }: AppliedTable,
): ComparedSource {
  if (before === undefined) return { same: undefined };
  if (fingerprint.kind === 'unknown') {
    const replaced = redefined(before, fingerprint);
    return { same: undefined, ...(replaced !== undefined && { replaced }) };
  }
  const comparison = compareFingerprints(before, fingerprint);
  if (comparison.same) return { same: true };
  const { reason, replaced, inserted } = comparison;
  return {
    same: false,
    reason,
    ...(replaced === true && { replaced: reason }),
    ...(inserted === 0 && { noInserts: true as const }),
  };
}
