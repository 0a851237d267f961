import { withoutBlanks } from '../../sources/delimited/values/value-rule.ts';

/** Pairs of words for true and false. */
const pairs = [
  ['true', 'false'],
  ['t', 'f'],
  ['yes', 'no'],
  ['y', 'n'],
  ['on', 'off'],
] as const;

/** Gathers whether the values of a column are the two words of one pair. Digits are numbers. */
export class BooleanGuess {
  readonly #words = new Set<string>();
  isPossible = true;

  /** Takes a value that is neither NULL nor blank. */
  take(text: string): void {
    this.#words.add(withoutBlanks(text).toLowerCase());
    this.isPossible = pairs.some((pair) =>
      [...this.#words].every((word) => pair.some((one) => one === word)),
    );
  }

  /** Words such as no and f may be something else on their own: both of a pair must occur, but for true and false. */
  get isBoolean(): boolean {
    if (!this.isPossible || this.#words.size === 0) return false;
    return this.#words.size === 2 || this.#words.has('true') || this.#words.has('false');
  }
}
