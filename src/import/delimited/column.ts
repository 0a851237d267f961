import { BooleanGuess } from './booleans.ts';
import { MomentGuess } from './moments.ts';
import { mayMeanNull } from './nulls.ts';
import { NumberGuess } from './numbers.ts';

/** Gathers what the values of one column in all files allow. It takes them one after the other and keeps none. */
export class ColumnGuess {
  readonly numbers = new NumberGuess();
  readonly moments = new MomentGuess();
  readonly booleans = new BooleanGuess();
  /** Texts without quotes that may mean NULL. */
  readonly nullTexts = new Set<string>();
  /** Values other than those and empty ones. */
  values = 0;
  /** Fields without any character, without and with quotes. */
  hasEmpty = false;
  hasQuotedEmpty = false;
  /** A number begins with a zero that another digit follows: it is a code. */
  hasLeadingZeros = false;
  /** Values that could be numbers, up to the first one that could not be anything but text. */
  numbersBefore = 0;
  /** The place of that value: `a.csv:17`. */
  textAt: string | undefined;

  take(value: string, isQuoted: boolean, place: () => string): void {
    if (value === '') {
      if (isQuoted) this.hasQuotedEmpty = true;
      else this.hasEmpty = true;
      return;
    }
    if (!isQuoted && mayMeanNull(value)) {
      this.nullTexts.add(value);
      return;
    }
    this.values++;
    if (this.textAt !== undefined) return;
    this.hasLeadingZeros ||= /^\s*[+-]?0[0-9]+(?:[.,][0-9]*)?\s*$/.test(value);
    if (this.numbers.isPossible) this.numbersBefore++;
    if (this.numbers.isPossible) this.numbers.take(value);
    if (this.moments.isPossible) this.moments.take(value);
    if (this.booleans.isPossible) this.booleans.take(value);
    if (!this.numbers.isPossible && !this.moments.isPossible && !this.booleans.isPossible)
      this.textAt = place();
  }
}
