import { numberReader, significant } from '../../sources/delimited/values/number-text.ts';
import { isRefused, withoutBlanks } from '../../sources/delimited/values/value-rule.ts';

/** The signs between the digits of numbers. */
export interface NumberStyle {
  decimal: '.' | ',';
  thousands: ',' | '.' | ' ' | '\u00a0' | '\u202f' | "'" | '\u2019' | '_' | undefined;
}

/** The digits and signs that the numbers of a column need, in one style. */
export interface NumberFacts {
  /** The most digits before the decimal sign, without leading zeros. */
  whole: number;
  /** The most digits after it. */
  scale: number;
  /** The most digits from the first to the last that is not zero. */
  digits: number;
  /** The highest absolute value of those without decimals; it counts only if `whole` is at most 40. */
  largest: bigint;
  hasExponent: boolean;
  hasDecimalSign: boolean;
  /** All numbers are the nearest doubles of themselves: none loses a digit as a double. */
  isExactAsDouble: boolean;
  /** Numbers, other than infinity and NaN. */
  count: number;
  /** Numbers that show by themselves what separates groups, and what comes before decimals. */
  groupProofs: number;
  decimalProofs: number;
  /** Numbers such as 1,234 that are read as groups, or as decimals, and could be the other. */
  groupDoubts: number;
  decimalDoubts: number;
}

const groupSigns = [' ', '\u00a0', '\u202f', "'", '\u2019', '_'] as const;

/** The ways in which numbers are written, the plainest first. */
export const numberStyles: readonly NumberStyle[] = [
  { decimal: '.', thousands: undefined },
  { decimal: ',', thousands: undefined },
  { decimal: '.', thousands: ',' },
  { decimal: ',', thousands: '.' },
  ...groupSigns.flatMap((thousands) => [
    { decimal: '.' as const, thousands },
    { decimal: ',' as const, thousands },
  ]),
];

/** Gathers which styles read all values of a column as numbers, and what the numbers need. */
export class NumberGuess {
  readonly #plain = emptyFacts();
  #styles: { index: number; read: ReturnType<typeof numberReader>; facts: NumberFacts }[] = numberStyles.map(
    (style, index) => ({ index, read: numberReader({ ...style }), facts: emptyFacts() }),
  );

  get isPossible(): boolean {
    return this.#styles.length > 0;
  }

  /** Takes a value that is neither NULL nor blank. */
  take(text: string): void {
    const bare = withoutBlanks(text);
    if (isCode(bare)) this.#styles = [];
    if (/^[+-]?[0-9]+$/.test(bare)) {
      addNumber(this.#plain, bare.replace(/^[+-]/, ''), '', bare);
      return;
    }
    this.#styles = this.#styles.filter(({ index, read, facts }) => {
      const style = numberStyles[index];
      const number = read(bare);
      if (isRefused(number) || style === undefined)
        return /^[+-]?(?:nan|inf(?:inity)?)$/i.test(bare) && takeSpecial(facts);
      addNumber(facts, number.integer, number.fraction, spelled(number));
      facts.hasExponent ||= /e/i.test(bare);
      judge(facts, bare, style);
      return true;
    });
  }

  /** Returns the facts in a style by its place in `numberStyles`; undefined if it does not read all values. */
  factsIn(index: number): NumberFacts | undefined {
    const own = this.#styles.find((one) => one.index === index)?.facts;
    return own && joined(own, this.#plain);
  }
}

type Written = Exclude<ReturnType<ReturnType<typeof numberReader>>, { problem: string }>;

function spelled({ isNegative, integer, fraction, exponent }: Written): string {
  return `${isNegative ? '-' : ''}${integer || '0'}.${fraction || '0'}e${exponent}`;
}

function emptyFacts(): NumberFacts {
  return {
    whole: 0,
    scale: 0,
    digits: 0,
    largest: 0n,
    hasExponent: false,
    hasDecimalSign: false,
    isExactAsDouble: true,
    count: 0,
    groupProofs: 0,
    decimalProofs: 0,
    groupDoubts: 0,
    decimalDoubts: 0,
  };
}

/** Identifiers and telephone numbers: leading zeros and plus signs mean something, and so may a bare e. */
function isCode(text: string): boolean {
  return /^[+-]?0[0-9]/.test(text) || /^\+[0-9]{7}/.test(text) || /^[+-]?[0-9]+e[0-9]+$/i.test(text);
}

/** Infinity and NaN are values of double only. */
function takeSpecial(facts: NumberFacts): boolean {
  facts.hasExponent = true;
  return true;
}

function addNumber(facts: NumberFacts, integer: string, fraction: string, text: string): void {
  const whole = integer.replace(/^0+/, '');
  facts.count++;
  facts.whole = Math.max(facts.whole, whole.length);
  facts.scale = Math.max(facts.scale, fraction.length);
  const all = `${whole}${fraction}`.replace(/^0+|0+$/g, '').length;
  facts.digits = Math.max(facts.digits, all);
  if (fraction === '' && whole.length <= 40) facts.largest = largest(facts.largest, BigInt(whole || '0'));
  if (all > 15 || /e[-+]?\d{3}/i.test(text)) facts.isExactAsDouble &&= isDouble(text);
}

/** Returns true if the shortest text of the nearest double has the same digits. */
function isDouble(text: string): boolean {
  const value = Number(text);
  if (!Number.isFinite(value)) return false;
  const read = numberReader({ decimal: '.', thousands: undefined });
  const [one, other] = [read(text), read(String(value))];
  if (isRefused(one) || isRefused(other)) return false;
  return JSON.stringify(significant(one)) === JSON.stringify(significant(other));
}

/** Counts whether the separators of a number prove the style, or could mean another number. */
function judge(facts: NumberFacts, text: string, { decimal, thousands }: NumberStyle): void {
  const number = text.replace(/^[+-]/, '').replace(/e.*$/i, '');
  const groups = thousands === undefined ? 0 : number.split(thousands).length - 1;
  const hasSign = number.includes(decimal);
  facts.hasDecimalSign ||= hasSign;
  if (groups === 0 && !hasSign) return;
  const isDoubtful = /^[1-9][0-9]{0,2}[.,][0-9]{3}$/.test(number);
  if (groups > 0) {
    if (isDoubtful) facts.groupDoubts++;
    else facts.groupProofs++;
  }
  if (hasSign) {
    if (isDoubtful) facts.decimalDoubts++;
    else facts.decimalProofs++;
  }
}

function joined(one: NumberFacts, other: NumberFacts): NumberFacts {
  return {
    whole: Math.max(one.whole, other.whole),
    scale: Math.max(one.scale, other.scale),
    digits: Math.max(one.digits, other.digits),
    largest: largest(one.largest, other.largest),
    hasExponent: one.hasExponent || other.hasExponent,
    hasDecimalSign: one.hasDecimalSign || other.hasDecimalSign,
    isExactAsDouble: one.isExactAsDouble && other.isExactAsDouble,
    count: one.count + other.count,
    groupProofs: one.groupProofs + other.groupProofs,
    decimalProofs: one.decimalProofs + other.decimalProofs,
    groupDoubts: one.groupDoubts + other.groupDoubts,
    decimalDoubts: one.decimalDoubts + other.decimalDoubts,
  };
}

function largest(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
