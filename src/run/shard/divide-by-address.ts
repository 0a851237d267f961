import type { Pipeline } from '../../model/config/pipeline.ts';
import { groupsBySharedSource } from '../../plan/index.ts';
import { sha256 } from '../sha256.ts';
import type { Shard } from './shard.ts';

/**
 * Divides work by its address alone, so that every process comes to the same division without knowing of the others, and an address
 * stays in its shard when others come and go. Pipelines that change the rows of a data source are in the shard of the one that
 * publishes it: there, one waits for the other. Returns a function that is true for the addresses of the shard.
 */
export function divideByAddress(
  pipelines: readonly Pick<Pipeline, 'address' | 'destinations'>[],
  { index, count }: Shard,
): (address: string) => boolean {
  const groups = groupsBySharedSource(pipelines);
  return (address) => shardOf(groups.get(address) ?? address, count) === index;
}

/** The first 48 bits of a hash are whole numbers in JavaScript, and divide evenly enough among any number of shards. */
function shardOf(address: string, count: number): number {
  return (Number.parseInt(sha256(address).slice(0, 12), 16) % count) + 1;
}
