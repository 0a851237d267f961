/** Draws numbers; the same seed and index draw the same numbers on every machine. */
export interface Random {
  /** An integer from 0 up to, not including, `limit` (at most 2^32). */
  below: (limit: number) => number;
  /** One of the items, all equally likely. */
  pick: <T>(items: readonly T[]) => T;
}

/**
 * A stream of its own for each index, so that order 1,000,000 can be made without the orders before it.
 * Only integer arithmetic and one exact division: no engine may round it differently.
 */
export function randomStream(seed: number, index: number): Random {
  let state = scramble(scramble(seed) ^ index);
  const below = (limit: number) => {
    state = (state + 0x9e3779b9) | 0;
    return Math.floor(((scramble(state) >>> 0) / 2 ** 32) * limit);
  };
  return {
    below,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError('pick needs at least one item');
      return item;
    },
  };
}

/** The finishing step of MurmurHash3: each bit of the input changes about half of the output's. */
function scramble(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
