/** One pipeline or removal to assign to a shard. */
export interface Assignable {
  address: string;
  /** Work with the same group is in one shard. */
  group: string;
  /** The family of an item; undefined for every other pipeline. */
  family: string | undefined;
  /** The expected seconds. */
  seconds: number;
}

interface Part {
  addresses: readonly string[];
  seconds: number;
}

/** The number of batches of small items for each shard. With more of them shards are more equal, but each reads more families. */
const batchesPerShard = 16;

/**
 * Assigns work to shards from 1 to `count`: the longest part first, each to the shard that has the least so far. Small items of a
 * family are kept in batches, because each family costs its shard a list and a connection. The same work gives the same shards.
 */
export function assignShards(work: readonly Assignable[], count: number): ReadonlyMap<string, number> {
  const total = work.reduce((sum, { seconds }) => sum + seconds, 0);
  const parts = batched(work, total / (count * batchesPerShard));
  const loads = Array.from({ length: count }, (_, at) => ({ shard: at + 1, seconds: 0, parts: 0 }));
  const shards = new Map<string, number>();
  for (const { addresses, seconds } of [...parts].sort((one, other) => other.seconds - one.seconds)) {
    const least = loads.reduce((best, one) => (isLess(one, best) ? one : best));
    least.seconds += seconds;
    least.parts += 1;
    for (const address of addresses) shards.set(address, least.shard);
  }
  return shards;
}

/** Compares the number of parts, too, because work may be expected to take no time. */
function isLess(one: { seconds: number; parts: number }, other: { seconds: number; parts: number }): boolean {
  return one.seconds === other.seconds ? one.parts < other.parts : one.seconds < other.seconds;
}

/** Returns the parts that are not divided further: groups, large pipelines, and batches of small items. */
function batched(work: readonly Assignable[], size: number): readonly Part[] {
  const groups = new Map<string, Assignable[]>();
  for (const one of work) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  const parts: Part[] = [];
  const open = new Map<string, { addresses: string[]; seconds: number }>();
  for (const members of groups.values()) {
    const addresses = members.map(({ address }) => address);
    const seconds = members.reduce((sum, one) => sum + one.seconds, 0);
    const family = members.length === 1 ? members[0]?.family : undefined;
    if (family === undefined || seconds >= size) {
      parts.push({ addresses, seconds });
      continue;
    }
    const batch = open.get(family) ?? { addresses: [], seconds: 0 };
    batch.addresses.push(...addresses);
    batch.seconds += seconds;
    if (batch.seconds >= size) {
      parts.push(batch);
      open.delete(family);
    } else open.set(family, batch);
  }
  return [...parts, ...open.values()];
}
