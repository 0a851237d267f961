import { progressOfPlan } from '../../apply/progress-of-plan.ts';
import type { Plan } from '../../model/plan/plan.ts';
import type { StatePort } from '../../model/ports/state-port.ts';
import { summarize } from '../../plan/index.ts';
import { actingIn } from '../stale.ts';

/** The work that remains for a shard that is started again. */
export interface RemainingWork {
  /** The shard's plan without what it has done. */
  plan: Plan;
  /** Addresses that it has applied or removed already. */
  done: readonly string[];
  /** Addresses that it has begun and not finished: the rest of their work is planned now. */
  begun: ReadonlySet<string>;
}

/** Compares the plan of a shard with the records: those with this seal were written by applying this plan. */
export async function remainingWork(
  plan: Plan,
  seal: string,
  state: Pick<StatePort, 'readMany'>,
): Promise<RemainingWork> {
  const acting = actingIn(plan).map(({ address }) => address);
  const removed = plan.forgotten.map(({ address }) => address);
  const records = await state.readMany([...acting, ...removed]);
  const recordOf = (address: string) => {
    const found = records.get(address);
    if (found !== undefined && 'error' in found) throw found.error;
    return found?.stored?.record;
  };
  const progress = (address: string) => progressOfPlan(recordOf(address), seal);
  const begun = new Set(acting.filter((address) => progress(address) === 'begun'));
  const done = new Set([
    ...acting.filter((address) => progress(address) === 'done'),
    ...removed.filter((address) => recordOf(address) === undefined),
  ]);
  const isLeft = ({ address }: { address: string }) => !done.has(address);
  const pipelines = plan.pipelines.filter(isLeft);
  return {
    plan: { ...plan, pipelines, forgotten: plan.forgotten.filter(isLeft), summary: summarize(pipelines) },
    done: [...done],
    begun,
  };
}
