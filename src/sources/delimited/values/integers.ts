import {
  hasPlainSigns,
  notFinite,
  numberReader,
  plainNumber,
  type NumberSigns,
  type WrittenNumber,
} from './number-text.ts';
import { isBlank, isRefused, withoutBlanks, type Reading, type ValueRule } from './value-rule.ts';

const MINUS = 0x2d;
const PLUS = 0x2b;
const ZERO = 0x30;
const NINE = 0x39;

export type IntegerKind = 'smallint' | 'int' | 'bigint' | 'oid';

const ranges: Readonly<Record<IntegerKind, readonly [bigint, bigint]>> = {
  smallint: [-(2n ** 15n), 2n ** 15n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
  oid: [0n, 2n ** 32n - 1n],
};

/** The number of digits that are always in range. */
const safeDigits: Readonly<Record<IntegerKind, number>> = { smallint: 4, int: 9, bigint: 18, oid: 9 };

/** Integers: decimals must be zeros, and nothing is written with an exponent. */
export function integerRule(kind: IntegerKind, signs: NumberSigns): ValueRule {
  const most = safeDigits[kind];
  const [smallest, largest] = ranges[kind];
  const isSigned = kind !== 'oid';
  const parse = numberReader(signs);
  return {
    commonForm: isSigned ? { kind: 'number', whole: most, decimals: undefined, digits: most } : undefined,
    isExact(bytes, start, end) {
      let from = start;
      let to = end;
      while (from < to && isBlank(bytes[from])) from++;
      while (from < to && isBlank(bytes[to - 1])) to--;
      if (isSigned && (bytes[from] === MINUS || bytes[from] === PLUS)) from++;
      if (from === to || to - from > most) return false;
      for (let at = from; at < to; at++) {
        const byte = bytes[at] ?? 0;
        if (byte < ZERO || byte > NINE) return false;
      }
      return true;
    },
    read(text): Reading {
      const number = parse(text);
      if (isRefused(number)) return notFinite(text) ?? number;
      if (number.exponent !== 0 || /[eE]/.test(text)) {
        return {
          problem: `${kind} is not written with an exponent`,
          hint: 'write the digits in the file, or declare the column as double',
        };
      }
      if (/[1-9]/.test(number.fraction)) {
        return {
          problem: `${kind} has no decimals`,
          hint: `declare the column as ${wideEnough(number)}`,
        };
      }
      const value = BigInt(number.integer === '' ? '0' : number.integer) * (number.isNegative ? -1n : 1n);
      if (value < smallest || value > largest) {
        return {
          problem: `${kind} holds ${smallest} to ${largest}`,
          hint: `declare the column as ${wider(value)}`,
        };
      }
      // hyperd reads an oid as bare digits only.
      if (!isSigned && !/^[0-9]+$/.test(withoutBlanks(text))) {
        return { problem: 'oid is written in digits alone', hint: 'declare the column as bigint' };
      }
      return { text: hasPlainSigns(signs) ? text : plainNumber(number) };
    },
  };
}

/** A type that holds all digits before and behind the decimal sign. */
function wideEnough({ integer, fraction }: WrittenNumber): string {
  const scale = fraction.replace(/0+$/, '').length;
  const digits = integer.replace(/^0+/, '').length + scale;
  return digits > MOST_DIGITS ? 'text' : `numeric(${Math.max(18, digits)},${scale}) or double`;
}

function wider(value: bigint): string {
  const [smallest, largest] = ranges.bigint;
  if (value >= smallest && value <= largest) return 'bigint';
  return String(value).replace('-', '').length > MOST_DIGITS ? 'text' : 'numeric(38,0)';
}

/** The most digits of a numeric. */
const MOST_DIGITS = 38;
