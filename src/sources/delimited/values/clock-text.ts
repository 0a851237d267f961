import type { Refused } from './value-rule.ts';

/** A time of day, and how many characters of the text it takes. */
export interface FoundTime {
  hour: number;
  minute: number;
  second: number;
  microsecond: number;
  /** Digits other than 0 after the sixth of the second's fraction. */
  isFiner: boolean;
  length: number;
}

const clock =
  /^([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:([.,])([0-9]+))?)?(?![0-9:])(?: *([ap])\.?m\.?(?![a-z0-9.+-]))?/i;

/** `decimal` is the decimal sign of the format: a fraction is written with it or with a point. */
export function readTime(text: string, decimal: string): FoundTime | Refused {
  const [all, h, m, s = '0', sign = '.', fraction = '', half] = clock.exec(text) ?? [];
  if (all === undefined) return { problem: 'not a time', hint: 'write 13:45 or 13:45:59 in the file' };
  if (sign !== '.' && sign !== decimal) {
    return {
      problem: 'the fraction of a second follows a point',
      hint: 'set format: {decimal: ","}, which holds for numbers, too, or write a point in the file',
    };
  }
  const hour = half === undefined ? Number(h) : halfDayHour(Number(h), half);
  const [minute, second] = [Number(m), Number(s)];
  if (Number(h) === 24 && half === undefined) {
    return {
      problem: 'a time ends before 24:00, which Tableau cannot read',
      hint: 'write 00:00 (of the next day) in the file, or declare the column as text',
    };
  }
  if (hour === undefined || hour > 23 || minute > 59 || second > 59) {
    return { problem: 'there is no such time', hint: 'correct the file, or declare the column as text' };
  }
  return {
    hour,
    minute,
    second,
    microsecond: Number(fraction.slice(0, 6).padEnd(6, '0')),
    isFiner: /[1-9]/.test(fraction.slice(6)),
    length: all.length,
  };
}

function halfDayHour(hour: number, half: string): number | undefined {
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}

export const tooFine: Refused = {
  problem: 'more than six digits after the second: Hyper keeps microseconds',
  hint: 'set truncate: microseconds on the column, the table or defaults.tables to cut them off',
};

const offset =
  /^(?:(z|utc|gmt)|([+-])(?:([0-9]{2})([0-9]{2})|([0-9]{1,2})(?::([0-9]{2})(?::([0-9]{2}))?)?))$/i;

/** hyperd refuses offsets of 15 hours and more. */
const MOST_HOURS = 14;

/** The zone behind a time as seconds east of Greenwich. The text is without blanks around it. */
export function readOffset(text: string): number | Refused {
  const [
    all,
    name,
    sign,
    packedHours,
    packedMinutes,
    hours = packedHours,
    minutes = packedMinutes ?? '0',
    seconds = '0',
  ] = offset.exec(text) ?? [];
  if (all === undefined) return unknownZone(text);
  if (name !== undefined) return 0;
  if (Number(hours) > MOST_HOURS || Number(minutes) > 59 || Number(seconds) > 59) return farOffset;
  const east = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -east : east;
}

const farOffset: Refused = {
  problem: `Hyper reads offsets up to ${MOST_HOURS}:59`,
  hint: 'write the same instant with another offset in the file, such as 2024-12-31 13:45:59+00, or declare the column as text',
};

function unknownZone(text: string): Refused {
  if (/^(?!(?:ad|b?ce)$)(?:[a-z]{2,5}|[a-z]+\/[a-z_/]+)$/i.test(text)) {
    return {
      problem: 'of the names of zones only UTC, GMT and Z are read',
      hint: 'write the offset in the file, such as +02:00, or leave the zone out and set at_zone: Europe/Berlin',
    };
  }
  if (/^(?:ad|a\.d\.|ce|c\.e\.|bce|b\.c\.|b\.c\.e\.)$/i.test(text)) {
    return {
      problem: `the era ${text} is not read`,
      hint: 'write 2024-12-31 without an era, and 0044-03-15 BC before year 1, in the file',
    };
  }
  return {
    problem: 'text that is neither a time nor an offset follows the date',
    hint: 'write the date alone, or 2024-12-31 13:45:59+02:00, in the file, or declare the column as text',
  };
}
