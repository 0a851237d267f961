import { progressOfPlan } from '../../apply/progress-of-plan.ts';
import type { Plan } from '../../model/plan/plan.ts';
import type { StatePort } from '../../model/ports/state-port.ts';
import { actingIn } from '../stale.ts';
import { doneIn, toNoteIn, wholly, type DoneBefore } from './done-before.ts';
import { partOfPlan } from './part-of-plan.ts';

/** The work that remains for a shard that is started again. */
export interface RemainingWork {
  /** The shard's plan without what it has done. */
  plan: Plan;
  /** The pipelines that it has done already, in the order of the plan. */
  before: readonly DoneBefore[];
  /** Addresses that it has begun and not finished: the rest of their work is planned now. */
  begun: ReadonlySet<string>;
}

/** Compares the plan of a shard with the records: those with this seal were written by applying this plan. */
export async function remainingWork(
  plan: Plan,
  seal: string,
  state: Pick<StatePort, 'readMany'>,
): Promise<RemainingWork> {
  const acting = actingIn(plan);
  const records = await state.readMany(
    [...acting, ...plan.forgotten, ...toNoteIn(plan)].map(({ address }) => address),
  );
  const recordOf = (address: string) => {
    const found = records.get(address);
    if (found !== undefined && 'error' in found) throw found.error;
    return found?.stored?.record;
  };
  const before = doneIn(plan, seal, recordOf);
  const done = new Set(wholly(before).map(({ address }) => address));
  return {
    plan: partOfPlan(plan, (address) => !done.has(address)),
    before,
    begun: new Set(
      acting
        .filter(({ address }) => progressOfPlan(recordOf(address), seal) === 'begun')
        .map(({ address }) => address),
    ),
  };
}
