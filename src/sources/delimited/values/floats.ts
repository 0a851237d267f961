import {
  hasPlainSigns,
  numberReader,
  plainNumber,
  significant,
  type NumberSigns,
  type WrittenNumber,
} from './number-text.ts';
import {
  isBlank,
  isRefused,
  withoutBlanks,
  type Reading,
  type Refused,
  type ValueRule,
} from './value-rule.ts';

const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** hyperd takes no more digits than these into account, so that longer numbers may become the second nearest double. */
const DIGITS_READ = 19;

/** Without an exponent, numbers of so few characters neither overflow nor underflow. */
const SAFE_LENGTH = 300;

/** real and double, both stored as double: the nearest one is the value. */
export function floatRule(signs: NumberSigns): ValueRule {
  const isPlain = hasPlainSigns(signs);
  const parse = numberReader(signs);
  return {
    commonForm: {
      kind: 'number',
      whole: DIGITS_READ,
      decimals: isPlain ? DIGITS_READ : undefined,
      digits: DIGITS_READ,
    },
    isExact(bytes, start, end) {
      let at = start;
      let to = end;
      while (at < to && isBlank(bytes[at])) at++;
      while (at < to && isBlank(bytes[to - 1])) to--;
      if (bytes[at] === MINUS || bytes[at] === PLUS) at++;
      if (to - at > SAFE_LENGTH) return false;
      let significant = 0;
      let digits = 0;
      let points = 0;
      for (; at < to; at++) {
        const byte = bytes[at] ?? 0;
        if (byte >= ZERO && byte <= NINE) {
          digits++;
          if (significant > 0 || byte !== ZERO) significant++;
        } else if (byte === POINT && isPlain) points++;
        else return false;
      }
      return digits > 0 && points <= 1 && significant <= DIGITS_READ;
    },
    read(text): Reading {
      if (/^[+-]?(nan|inf|infinity)$/i.test(withoutBlanks(text))) return { text };
      const number = parse(text);
      if (isRefused(number)) return number;
      const refused = outOfRange(number) ?? tooLong(number);
      return refused ?? { text: isPlain ? text : plainNumber(number) };
    },
  };
}

function outOfRange(number: WrittenNumber): Refused | undefined {
  const value = Number(plainNumber(number));
  const { digits } = significant(number);
  const hint = 'declare the column as text, or correct the file';
  if (!Number.isFinite(value)) return { problem: 'the number is too large for double, up to 1.8e308', hint };
  if (value === 0 && digits !== '')
    return { problem: 'the number is too small for double, down to 5e-324', hint };
  // hyperd multiplies 0 by 10^exponent, and 0 times infinity is NaN.
  if (digits === '' && Math.abs(number.exponent) > 300) {
    return { problem: 'a zero with an exponent beyond 300 is not read', hint: 'write 0 in the file' };
  }
  return undefined;
}

function tooLong(number: WrittenNumber): Refused | undefined {
  const { digits, scale } = significant(number);
  if (digits.length <= DIGITS_READ) return undefined;
  const cut = digits.length - DIGITS_READ;
  const read = Number(`${digits.slice(0, DIGITS_READ)}e${cut - scale}`);
  if (read === Math.abs(Number(plainNumber(number)))) return undefined;
  return {
    problem: `Hyper reads ${DIGITS_READ} digits of a double, and takes this number for another than the nearest double`,
    hint: 'write fewer digits in the file, or declare the column as numeric or text',
  };
}
