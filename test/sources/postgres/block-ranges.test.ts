import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockRanges } from '../../../src/sources/postgres/read/block-ranges.ts';

/** The bounds of a condition: from the first to below the second. */
function boundsOf(condition: string | undefined): [number, number] {
  const bound = (sign: string) => new RegExp(`ctid ${sign} '\\((\\d+),0\\)'`).exec(condition ?? '')?.[1];
  return [Number(bound('>=') ?? 0), Number(bound('<') ?? Infinity)];
}

const leaves = fc.array(fc.oneof(fc.nat(3), fc.nat(10_000)), { maxLength: 6 });

test('ranges follow each other from the first block, and the last one is open', () => {
  fc.assert(
    fc.property(leaves, fc.integer({ min: 1, max: 4 }), (sizes, backends) => {
      const bounds = blockRanges(sizes, backends).map(boundsOf);
      expect(bounds[0]?.[0]).toBe(0);
      expect(bounds.at(-1)?.[1]).toBe(Infinity);
      for (const [index, [start, end]] of bounds.entries()) {
        expect(end).toBeGreaterThan(start);
        if (index > 0) expect(start).toBe(bounds[index - 1]?.[1]);
      }
      expect(bounds.length).toBeLessThanOrEqual(4 * backends);
    }),
  );
});

test('no range has more than its share of the blocks, but for one block of each leaf', () => {
  fc.assert(
    fc.property(leaves, fc.integer({ min: 1, max: 4 }), (sizes, backends) => {
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const share = total / Math.max(1, Math.min(4 * backends, total));
      for (const [start, end] of blockRanges(sizes, backends).map(boundsOf)) {
        const blocks = sizes.reduce((sum, size) => sum + Math.max(0, Math.min(size, end) - start), 0);
        expect(blocks).toBeLessThanOrEqual(share + sizes.length);
      }
    }),
  );
});

test('a table of one block is read without a condition', () => {
  expect([blockRanges([], 4), blockRanges([0], 4), blockRanges([1], 4)]).toEqual([
    [undefined],
    [undefined],
    [undefined],
  ]);
});
