import type * as Written from '../../model/config/written.gen.ts';
import type { NumberFacts } from './numbers.ts';
import type { Dates, NamedGuess, Signs } from './styles.ts';

/** The type of a column, and a remark for the user. */
export interface ChosenType {
  settings: Written.ColumnSettings;
  comment?: string;
}

export interface TypeChoice {
  signs: Signs;
  dates: Dates;
  /** Texts that mean NULL only elsewhere, by column. */
  blocked: ReadonlyMap<NamedGuess, string>;
  /** Not all values were read: numbers need room for others. */
  isSampled: boolean;
}

const text: ChosenType = { settings: { type: 'text' } };

/** Returns whether a column is of another type than text, as far as its values decide. */
export function isTyped(column: NamedGuess, { signs, dates }: Pick<TypeChoice, 'signs' | 'dates'>): boolean {
  const { guess } = column;
  if (guess.values === 0) return false;
  if (guess.booleans.isBoolean || dates.readingOf(column) !== undefined) return true;
  const facts = signs.factsOf(column);
  return facts !== undefined && numberType(facts, false) !== undefined;
}

/** Returns a type that has room for all values of a column; text where there is any doubt about what they mean. */
export function chooseType(column: NamedGuess, choice: TypeChoice): ChosenType {
  const { guess } = column;
  const { signs, dates, blocked, isSampled } = choice;
  if (guess.values === 0) return { ...text, comment: 'no values' };
  const because = blocked.get(column);
  if (because !== undefined) {
    const comment = `REVIEW: text because of ${JSON.stringify(because)}: if that means NULL in all columns, add it to null and give this column its type`;
    return { ...text, comment };
  }
  if (guess.booleans.isBoolean) return { settings: { type: 'boolean' } };
  const moment = dates.readingOf(column);
  if (moment !== undefined) return momentType(moment.kind);
  const facts = signs.factsOf(column);
  const number = facts && numberType(facts, isSampled);
  if (number !== undefined) return { settings: { type: number } };
  return { ...text, ...remarkOn(column, choice) };
}

/** Returns the type of a column of dates, of wall clocks or of instants. */
export function momentType(kind: 'date' | 'timestamp' | 'instant'): ChosenType {
  if (kind !== 'instant') return { settings: { type: kind } };
  return {
    settings: { type: 'timestamp', at_zone: 'UTC' },
    comment: 'instants: another zone gives its clock',
  };
}

/** Integers below this have a hundredfold of room in an int. */
const SMALL = 20_000_000n;
const LARGEST_BIGINT = 2n ** 63n - 1n;
/** Digits of a numeric, in any version of an extract and at most. */
const USUAL_DIGITS = 18;
const MOST_DIGITS = 38;
/** Numbers with more decimals are measured or computed. */
const MOST_DECIMALS = 6;

/** Returns the type of numbers; undefined if none holds all of their digits. */
export function numberType(facts: NumberFacts, isSampled: boolean): string | undefined {
  const { whole, scale, hasExponent, hasDecimalSign, isExactAsDouble } = facts;
  if (hasExponent) return isExactAsDouble ? 'double' : undefined;
  if (whole > MOST_DIGITS) return isExactAsDouble && hasDecimalSign ? 'double' : undefined;
  if (!hasDecimalSign) {
    if (facts.largest < SMALL) return 'int';
    return facts.largest <= LARGEST_BIGINT ? 'bigint' : `numeric(${MOST_DIGITS},0)`;
  }
  if (scale > MOST_DECIMALS && isExactAsDouble) return 'double';
  if (whole + scale > MOST_DIGITS) return isExactAsDouble ? 'double' : undefined;
  const roomy = Math.max(scale, 2) + (isSampled ? 2 : 0);
  if (whole + roomy + 2 <= USUAL_DIGITS) return `numeric(${USUAL_DIGITS},${roomy})`;
  return `numeric(${MOST_DIGITS},${whole + roomy <= MOST_DIGITS ? roomy : scale})`;
}

/** So many values in a row that could be numbers make the first other one worth a remark. */
const MANY_NUMBERS = 10;

function remarkOn(column: NamedGuess, { signs, dates }: TypeChoice): { comment?: string } {
  const { guess } = column;
  if (dates.isUndecided(column)) {
    return {
      comment:
        'REVIEW: dates that can be read in two ways: write date_order: DMY or date_order: MDY in the format, and date here',
    };
  }
  if (signs.isUndecided(column)) {
    return {
      comment:
        'REVIEW: numbers whose separator can be read in two ways: write decimal: or thousands: in the format, and a type here',
    };
  }
  if (guess.hasLeadingZeros) return { comment: 'leading zeros' };
  const isMostlyNumbers = guess.numbersBefore > MANY_NUMBERS && guess.textAt !== undefined;
  return isMostlyNumbers ? { comment: `numbers, but not in ${guess.textAt ?? ''}` } : {};
}
