import type { ForgottenPipeline, MissingItem } from '../../model/plan/plan.ts';

/** Milliseconds for which a folder must be missing before its item is deleted. */
const patience = 24 * 60 * 60 * 1000;

/**
 * Returns the item as one that is only missing; undefined if an apply noted that at least a day ago. A note that is no
 * time, or of the future, is none.
 */
export function missingItem(
  { address, file, record, because }: ForgottenPipeline,
  noted: string | undefined,
  now: Date,
): MissingItem | undefined {
  const since = Date.parse(noted ?? '');
  if (Number.isNaN(since) || since > now.getTime()) return { address, file, record, because };
  if (now.getTime() - since >= patience) return undefined;
  const time = (at: number) => new Date(at).toISOString();
  return { address, file, record, because, since: time(since), from: time(since + patience) };
}
