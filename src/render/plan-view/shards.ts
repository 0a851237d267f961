import { counted, grouped } from '../../model/base/numbers.ts';
import type { Plan } from '../../model/plan/plan.ts';

/** Says among how many shards the work is divided: `16, with 40 to 43 pipelines each`. */
export function shardsOf(shards: number, { pipelines, forgotten }: Plan): string {
  const sizes = Array.from({ length: shards }, () => 0);
  for (const { shard } of [...pipelines, ...forgotten])
    if (shard !== undefined) sizes[shard - 1] = (sizes[shard - 1] ?? 0) + 1;
  const least = sizes.reduce((one, other) => Math.min(one, other), Infinity);
  const most = sizes.reduce((one, other) => Math.max(one, other), 0);
  const each = least === most ? '' : `${grouped(least)} to `;
  return `${grouped(shards)}, with ${each}${counted(most, 'pipeline')} each`;
}
