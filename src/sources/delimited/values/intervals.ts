import { withoutBlanks, type Reading, type Refused, type ValueRule } from './rule.ts';

/**
 * interval: hyperd keeps microseconds, and turns fractions of longer units into days and hours as it likes. So only
 * seconds may have a fraction, of six digits. It refuses by itself what is no interval.
 */
export function intervalRule(infiniteIsNull: boolean): ValueRule {
  return {
    isExact(bytes, start, end) {
      for (let at = start; at < end; at++) {
        const byte = bytes[at] ?? 0;
        const isPlain = (byte >= 0x30 && byte <= 0x39) || byte === 0x3a || byte === 0x20 || byte === 0x2d;
        const isLetter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
        if (!isPlain && !isLetter) return false;
      }
      return start < end && !mayBeInfinite(bytes[end - 1]);
    },
    read(text): Reading {
      const bare = withoutBlanks(text);
      if (/^[+-]?infinity$/i.test(bare)) return infiniteIsNull ? { text: null } : noInfinite;
      for (const [, fraction = '', unit = ''] of bare.matchAll(/\.([0-9]*) *([a-z]*)/gi)) {
        const refused = unfit(fraction, unit);
        if (refused !== undefined) return refused;
      }
      return { text };
    },
  };
}

const Y = 0x79;
const CAPITAL_Y = 0x59;

function mayBeInfinite(last: number | undefined): boolean {
  return last === Y || last === CAPITAL_Y;
}

const noInfinite: Refused = {
  problem: 'Hyper has no infinite interval',
  hint: 'set on_infinite: null on the column, the table or defaults.tables to load NULL instead',
};

function unfit(fraction: string, unit: string): Refused | undefined {
  if (!/[1-9]/.test(fraction)) return undefined;
  if (!/^(s|secs?|seconds?)?$/i.test(unit)) {
    return {
      problem: `a fraction of ${unit}, which intervals do not hold`,
      hint: 'write it in smaller units in the file, or declare the column as text',
    };
  }
  if (!/[1-9]/.test(fraction.slice(6))) return undefined;
  return {
    problem: 'more than six digits after the second: Hyper keeps microseconds',
    hint: 'write six digits in the file, or declare the column as text',
  };
}
