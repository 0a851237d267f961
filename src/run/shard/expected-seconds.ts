import type { PipelinePlan } from '../../model/plan/plan.ts';
import type { Seen } from '../observe/observe-pipeline.ts';

/** The bytes of sources that are read in a second, and the seconds of a pipeline without any, where nothing was recorded yet. */
const bytesPerSecond = 50_000_000;
const leastSeconds = 0.1;

/**
 * Returns the seconds that each pipeline will probably take: those of the last time if all of it is built again, otherwise an
 * estimate from its bytes and the speed of the pipelines that have a record.
 */
export function expectedSeconds(
  planned: readonly PipelinePlan[],
  seen: readonly Pick<Seen, 'applied'>[],
): readonly number[] {
  const lastOf = ({ action, base }: PipelinePlan, index: number) =>
    action === 'rebuild' && base === undefined ? seen[index]?.applied?.seconds : undefined;
  const bytesOf = ({ estimates }: PipelinePlan) => estimates.bytes?.value ?? 0;
  const recorded = planned.flatMap((one, index) => {
    const seconds = lastOf(one, index);
    return seconds === undefined ? [] : [{ seconds, bytes: bytesOf(one) }];
  });
  const sum = (key: 'seconds' | 'bytes') => recorded.reduce((total, one) => total + one[key], 0);
  const speed = sum('bytes') > 0 && sum('seconds') > 0 ? sum('bytes') / sum('seconds') : bytesPerSecond;
  return planned.map((one, index) => lastOf(one, index) ?? leastSeconds + bytesOf(one) / speed);
}
