/* eslint-disable @typescript-eslint/no-non-null-assertion -- the lists have an entry per rule, and a field has the bytes that are looked at. */

/**
 * The form that most values of a column have, and in which hyperd reads each of them exactly: a number of so many digits
 * with an optional minus, or a date as 2024-12-31. Values of other forms may be exact, too.
 */
export type CommonForm =
  | {
      readonly kind: 'number';
      /** The most digits before a decimal point. */
      readonly whole: number;
      /** The most digits after it; undefined if there may be no point. */
      readonly decimals: number | undefined;
      /** The most digits in all. */
      readonly digits: number;
    }
  | { readonly kind: 'date' };

/** Finds bytes that are not digits. */
export interface NonDigits {
  /** Returns a bit for each of at most 31 bytes that is no digit, the lowest for the first one. */
  nonDigits(at: number, length: number): number;
}

const LONGEST = 31;
const NONE = 0;
const NUMBER = 1;
const DATE = 2;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

const DATE_LENGTH = '2024-12-31'.length;
const DATE_DASHES = (1 << 4) | (1 << 7);

/** Recognizes values of the common forms of some columns by their bits, without a loop over their bytes. */
export class CommonForms {
  readonly #kinds: Uint8Array;
  readonly #whole: Int32Array;
  readonly #decimals: Int32Array;
  readonly #digits: Int32Array;

  constructor(forms: readonly (CommonForm | undefined)[]) {
    const number = (read: (form: CommonForm & { kind: 'number' }) => number) =>
      Int32Array.from(forms, (form) => (form?.kind === 'number' ? read(form) : 0));
    this.#kinds = Uint8Array.from(forms, (form) =>
      form === undefined ? NONE : form.kind === 'date' ? DATE : NUMBER,
    );
    this.#whole = number(({ whole }) => whole);
    this.#decimals = number(({ decimals = -1 }) => decimals);
    this.#digits = number(({ digits }) => digits);
  }

  /** Returns true if the bytes have the form at `index`. */
  // eslint-disable-next-line max-params -- called for every field
  has(index: number, bytes: Uint8Array, start: number, end: number, found: NonDigits): boolean {
    const kind = this.#kinds[index]!;
    const length = end - start;
    if (kind === NONE || length > LONGEST) return false;
    const others = found.nonDigits(start, length);
    if (kind === DATE) return length === DATE_LENGTH && others === DATE_DASHES && isDate(bytes, start);
    const sign = (others & 1) !== 0 && bytes[start] === MINUS ? 1 : 0;
    const signs = others - sign;
    if (signs === 0) {
      const whole = length - sign;
      return whole > 0 && whole <= this.#whole[index]!;
    }
    const point = 31 - Math.clz32(signs);
    if (signs !== 1 << point || bytes[start + point] !== POINT) return false;
    const whole = point - sign;
    const decimals = length - point - 1;
    return (
      whole > 0 &&
      whole <= this.#whole[index]! &&
      decimals <= this.#decimals[index]! &&
      whole + decimals <= this.#digits[index]!
    );
  }
}

/** Returns true for a day that every month has, or up to the 28th, in a year from 1 to 9999; the digits are digits. */
function isDate(bytes: Uint8Array, start: number): boolean {
  if (bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS) return false;
  const year = pair(bytes, start) * 100 + pair(bytes, start + 2);
  const month = pair(bytes, start + 5);
  const day = pair(bytes, start + 8);
  return year > 0 && month >= 1 && month <= 12 && day >= 1 && (day <= 28 || (day <= 30 && month !== 2));
}

function pair(bytes: Uint8Array, at: number): number {
  return (bytes[at]! - ZERO) * 10 + bytes[at + 1]! - ZERO;
}
