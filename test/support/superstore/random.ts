/**
 * Draws numbers; the same seed and index draw the same numbers on every machine. Each index has a stream of
 * its own, so that order 1,000,000 can be made without the orders before it.
 */
export class Random {
  #state: number;

  constructor(seed: number, index: number) {
    this.#state = scramble(scramble(seed) ^ index);
  }

  /**
   * An integer from 0 up to, not including, `limit` (at most 2^32). Only integer arithmetic and one exact
   * division: no engine may round it differently.
   */
  below(limit: number): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    return Math.floor(((scramble(this.#state) >>> 0) / 2 ** 32) * limit);
  }

  /** One of the items, all equally likely. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('pick needs at least one item');
    return item;
  }
}

/** The finishing step of MurmurHash3: each bit of the input changes about half of the output's. */
function scramble(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
