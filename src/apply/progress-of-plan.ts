import type { AppliedRecord } from '../model/world/applied-record.ts';

/**
 * Returns how far a shard of the plan with this seal has come with a pipeline, as its record says: records that a shard writes have
 * the seal of its plan. Undefined if it has not begun.
 */
export function progressOfPlan(
  record: Pick<AppliedRecord, 'plan' | 'pending'> | undefined,
  seal: string | undefined,
): 'begun' | 'done' | undefined {
  if (seal === undefined || record?.plan !== seal) return undefined;
  return record.pending === undefined ? 'done' : 'begun';
}
