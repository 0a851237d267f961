import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignShards, type Assignable } from '../../../src/run/shard/assign-shards.ts';

const work = fc
  .array(
    fc.record({
      family: fc.option(fc.constantFrom('tenants', 'countries'), { nil: undefined }),
      group: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
      seconds: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 5, noNaN: true }), fc.constant(300)),
    }),
    { minLength: 1, maxLength: 120 },
  )
  .map((drawn) =>
    drawn.map(({ family, group, seconds }, at): Assignable => {
      const address = family === undefined ? `pipeline_${at}` : `${family}[${at}]`;
      return { address, group: group ?? address, family, seconds };
    }),
  );
const counts = fc.integer({ min: 1, max: 64 });

function loadsOf(all: readonly Assignable[], count: number): number[] {
  const shards = assignShards(all, count);
  const loads = Array.from({ length: count }, () => 0);
  for (const { address, seconds } of all) {
    const shard = shards.get(address) ?? 0;
    loads[shard - 1] = (loads[shard - 1] ?? NaN) + seconds;
  }
  return loads;
}

test('everything has one shard, groups stay together, and the same work is divided in the same way', () => {
  fc.assert(
    fc.property(work, counts, (all, count) => {
      const shards = assignShards(all, count);
      expect([...shards.keys()].sort()).toEqual(all.map(({ address }) => address).sort());
      for (const shard of shards.values()) expect(shard >= 1 && shard <= count).toBe(true);
      for (const { address, group } of all)
        for (const other of all)
          if (other.group === group) expect(shards.get(other.address)).toBe(shards.get(address));
      expect([...assignShards(all, count)]).toEqual([...shards]);
    }),
  );
});

test('no shard takes longer than the bound of the longest-first rule with batches', () => {
  fc.assert(
    fc.property(work, counts, (all, count) => {
      const parts = groupsOf(all);
      const mean = parts.reduce((sum, seconds) => sum + seconds, 0) / count;
      // Whoever gets the last part has no more than the mean without it. A batch is below two sixteenths of the mean.
      const largest = Math.max(...parts, (2 / 16) * mean);
      expect(Math.max(...loadsOf(all, count))).toBeLessThanOrEqual(mean + (1 - 1 / count) * largest + 1e-6);
    }),
  );
});

test.each([2, 4, 8, 16, 32, 64])(
  'with %i shards, batches cost at most 15 %% of the longest-first rule',
  (count) => {
    const random = seededRandom(count);
    // Most tenants are small, and few are large, as with any list of customers.
    const all = Array.from({ length: 2000 }, (_, at): Assignable => {
      const address = `tenants[${at}]`;
      return { address, group: address, family: 'tenants', seconds: Math.exp(1.5 * normal(random)) };
    });
    const loads = Array.from({ length: count }, () => 0);
    for (const seconds of groupsOf(all).sort((one, other) => other - one)) {
      const least = loads.indexOf(Math.min(...loads));
      loads[least] = (loads[least] ?? NaN) + seconds;
    }
    expect(Math.max(...loadsOf(all, count))).toBeLessThanOrEqual(1.15 * Math.max(...loads));
  },
);

/** The seconds of what is applied together. */
function groupsOf(all: readonly Assignable[]): number[] {
  const groups = new Map<string, number>();
  for (const { group, seconds } of all) groups.set(group, (groups.get(group) ?? 0) + seconds);
  return [...groups.values()];
}

function seededRandom(seed: number): () => number {
  const drawn = fc.sample(fc.double({ min: 0.000001, max: 1, noNaN: true, noDefaultInfinity: true }), {
    seed,
    numRuns: 4000,
  });
  return () => drawn.pop() ?? NaN;
}

/** A number of the standard normal distribution, by the method of Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

test('small items of a family are kept in batches', () => {
  const items = Array.from({ length: 1000 }, (_, at): Assignable => {
    const address = `${at % 2 === 0 ? 'even' : 'odd'}[${at}]`;
    return { address, group: address, family: address.split('[')[0], seconds: 1 };
  });
  const shards = assignShards(items, 4);
  const even = items.filter(({ family }) => family === 'even').map(({ address }) => shards.get(address));
  const changes = even.filter((shard, at) => at > 0 && shard !== even[at - 1]).length;
  expect(changes).toBeLessThan(40);
  expect(Math.max(...loadsOf(items, 4))).toBeLessThanOrEqual(1.15 * 250);
});
