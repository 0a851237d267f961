import { counted } from '../../../model/base/numbers.ts';
import {
  hasPlainSigns,
  notFinite,
  numberReader,
  plainNumber,
  significant,
  type NumberSigns,
  type WrittenNumber,
} from './number-text.ts';
import { isBlank, isRefused, type Reading, type Refused, type ValueRule } from './value-rule.ts';

const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

interface NumericColumn {
  precision: number;
  scale: number;
  /** hyperd rounds half away from zero by itself, at any number of digits: that is what half_up asks for. */
  rounds: boolean;
}

/** numeric(precision, scale): decimals beyond the scale must be zeros, unless they are to be rounded. */
export function numericRule({ precision, scale, rounds }: NumericColumn, signs: NumberSigns): ValueRule {
  const whole = precision - scale;
  const isPlain = hasPlainSigns(signs);
  const parse = numberReader(signs);
  return {
    commonForm: { kind: 'number', whole, decimals: isPlain ? scale : undefined, digits: precision },
    isExact(bytes, start, end) {
      let at = start;
      let to = end;
      while (at < to && isBlank(bytes[at])) at++;
      while (at < to && isBlank(bytes[to - 1])) to--;
      if (bytes[at] === MINUS || bytes[at] === PLUS) at++;
      const first = at;
      while (at < to && isDigit(bytes[at])) at++;
      const digits = at - first;
      if (digits === 0 || digits > whole) return false;
      if (at === to) return true;
      if (!isPlain || bytes[at] !== POINT) return false;
      const beyond = ++at + scale;
      while (at < to && isDigit(bytes[at])) {
        // Rounding may need one digit more than there are.
        if (at >= beyond && bytes[at] !== ZERO) return false;
        at++;
      }
      return at === to;
    },
    read(text): Reading {
      const number = parse(text);
      if (isRefused(number)) return notFinite(text) ?? number;
      const refused = number.exponent === 0 ? undefined : unreadExponent(number, precision);
      if (refused !== undefined) return refused;
      const exact = significant(number);
      if (exact.scale > scale && !rounds) return tooManyDecimals(precision, scale, exact.scale);
      const { digits, scale: left } = exact.scale > scale ? rounded(exact, scale) : exact;
      if (digits.length - left > whole) {
        return {
          problem: `more than ${whole} ${whole === 1 ? 'digit' : 'digits'} before the decimal sign`,
          hint: `declare the column as ${wider(digits.length - left + scale, scale)}`,
        };
      }
      return { text: isPlain ? text : plainNumber(number) };
    },
  };
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

/**
 * Refuses an exponent that hyperd does not read. It reads no greater exponents, whatever the digits; and before it
 * moves the decimal sign it drops the digits that the precision has no place for: `0.00000000001e11` would become 0.
 */
function unreadExponent(number: WrittenNumber, precision: number): Refused | undefined {
  const { integer, fraction, exponent } = number;
  const hint = 'write the digits without an exponent in the file, or declare the column as double';
  const most = precision <= SMALL_PRECISION ? SMALL_PRECISION : MOST_DIGITS;
  if (Math.abs(exponent) > most) return { problem: `an exponent beyond ${most} is not read`, hint };
  const written = integer.replace(/^0+/, '').length + fraction.replace(/0+$/, '').length;
  if (written <= precision) return undefined;
  return {
    problem: `more than ${counted(precision, 'digit')} before an exponent ${precision === 1 ? 'is' : 'are'} not read`,
    hint,
  };
}

/** The precision up to which hyperd keeps numerics in 64 bits. */
const SMALL_PRECISION = 18;

function tooManyDecimals(precision: number, scale: number, needed: number): Reading {
  const type = wider(Math.max(precision, precision - scale + needed), needed);
  return {
    problem: `more than ${scale} ${scale === 1 ? 'decimal' : 'decimals'}`,
    hint: `declare the column as ${type}, or set round: half_up on the column, the table or defaults.tables`,
  };
}

/** Returns the type that holds these digits exactly. */
function wider(precision: number, scale: number): string {
  return precision <= MOST_DIGITS ? `numeric(${precision},${scale})` : 'text';
}

/** The most digits of a numeric. */
const MOST_DIGITS = 38;

/** The value rounded half away from zero, to know whether it still fits. */
function rounded(exact: { digits: string; scale: number }, scale: number): { digits: string; scale: number } {
  const cut = exact.digits.length - (exact.scale - scale);
  if (cut < 0) return { digits: '', scale: 0 };
  const up = (exact.digits[cut] ?? '0') >= '5';
  const digits = BigInt(exact.digits.slice(0, cut) || '0') + (up ? 1n : 0n);
  return digits === 0n ? { digits: '', scale: 0 } : { digits: digits.toString(), scale };
}
