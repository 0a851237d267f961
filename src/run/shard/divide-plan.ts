import { familyOf, isItem } from '../../model/config/family.ts';
import type { Plan } from '../../model/plan/plan.ts';
import { groupsBySharedSource } from '../../plan/index.ts';
import type { MadePlan } from '../make-plan.ts';
import { actingIn } from '../stale.ts';
import { assignShards, type Assignable } from './assign-shards.ts';
import { expectedSeconds } from './expected-seconds.ts';

/** The expected seconds of a removal: requests only. */
const removalSeconds = 0.1;

/** Divides a plan among shards: each pipeline that is applied, and each removal, gets the number of its shard. */
export function dividePlan({ plan, seen }: MadePlan, count: number): Plan {
  const groups = groupsBySharedSource(seen.map(({ pipeline }) => pipeline));
  const seconds = expectedSeconds(plan.pipelines, seen);
  const acting = new Set(actingIn(plan));
  const assignable = (address: string, expected: number): Assignable => ({
    address,
    group: groups.get(address) ?? address,
    family: isItem(address) ? familyOf(address) : undefined,
    seconds: expected,
  });
  const shards = assignShards(
    [
      ...plan.pipelines.flatMap((one, index) =>
        acting.has(one) ? assignable(one.address, seconds[index] ?? 0) : [],
      ),
      ...plan.forgotten.map(({ address }) => assignable(address, removalSeconds)),
    ],
    count,
  );
  const withShard = <One extends { address: string }>(one: One) => {
    const shard = shards.get(one.address);
    return shard === undefined ? one : { ...one, shard };
  };
  return {
    ...plan,
    pipelines: plan.pipelines.map(withShard),
    forgotten: plan.forgotten.map(withShard),
    shards: count,
  };
}
