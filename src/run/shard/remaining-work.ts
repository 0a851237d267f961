import { limitConcurrency } from '../../model/base/limit.ts';
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
  state: Pick<StatePort, 'read'>,
): Promise<RemainingWork> {
  const turn = limitConcurrency(8);
  const begun = new Set<string>();
  const lookAt = (address: string, isRemoved: boolean) =>
    turn(async (): Promise<string[]> => {
      const record = (await state.read(address))?.record;
      if (isRemoved) return record === undefined ? [address] : [];
      if (record?.plan !== seal) return [];
      if (record.pending === undefined) return [address];
      begun.add(address);
      return [];
    });
  const found = await Promise.all([
    ...actingIn(plan).map(({ address }) => lookAt(address, false)),
    ...plan.forgotten.map(({ address }) => lookAt(address, true)),
  ]);
  const done = new Set(found.flat());
  const isLeft = ({ address }: { address: string }) => !done.has(address);
  const pipelines = plan.pipelines.filter(isLeft);
  return {
    plan: { ...plan, pipelines, forgotten: plan.forgotten.filter(isLeft), summary: summarize(pipelines) },
    done: [...done],
    begun,
  };
}
