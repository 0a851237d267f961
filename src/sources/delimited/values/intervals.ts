import {
  invisible,
  noValue,
  withoutBlanks,
  type Reading,
  type Refused,
  type ValueRule,
} from './value-rule.ts';

/**
 * Returns the rule for interval: hyperd keeps microseconds, and turns fractions of longer units into days and hours
 * as it likes. So only seconds may have a fraction, of six digits. A text without digits or with other words than
 * units is refused here; hyperd itself refuses the rest that is no interval.
 */
export function intervalRule(infiniteIsNull: boolean): ValueRule {
  return {
    isExact(bytes, start, end) {
      for (let at = start; at < end; at++) {
        const byte = bytes[at] ?? 0;
        const isDigit = byte >= 0x30 && byte <= 0x39;
        if (!isDigit && byte !== 0x3a && byte !== 0x20 && byte !== 0x2d) return false;
      }
      return start < end && hasDigit(bytes, start, end);
    },
    read(text): Reading {
      const bare = withoutBlanks(text);
      if (/^[+-]?infinity$/i.test(bare)) return infiniteIsNull ? { text: null } : noInfinite;
      if (!isSpelled(bare)) return invisible(bare) ?? notInterval;
      for (const [, fraction = '', unit = ''] of bare.matchAll(/\.([0-9]*) *([a-z]*)/gi)) {
        const refused = unfit(fraction, unit);
        if (refused !== undefined) return refused;
      }
      return { text };
    },
  };
}

function hasDigit(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39) return true;
  return false;
}

/** The words of PostgreSQL and hyperd for units, possibly with others: hyperd refuses those that it does not know. */
const units =
  /^(?:[mu]s|[smhdwyc]|(?:micro|milli)?sec(?:ond)?s?|[mu]secs?|min(?:ute)?s?|h(?:ou)?rs?|days?|weeks?|mon(?:th)?s?|y(?:ea)?rs?|dec(?:s|ades?)|cent(?:ur(?:y|ies))?|mil(?:s|lenni(?:um|a))?|ago)$/i;

/** ISO 8601, in which units are letters without blanks: P1DT2H. */
const iso = /^P[0-9TYMWDHS.:+-]*$/i;

function isSpelled(text: string): boolean {
  if (!/[0-9]/.test(text)) return false;
  if (iso.test(text)) return true;
  return (text.match(/[a-z]+/gi) ?? []).every((word) => units.test(word));
}

const notInterval = noValue('not an interval', [
  'write 1 day 02:03:04 or P1DT2H3M4S in the file',
  'declare the column as text',
]);

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
