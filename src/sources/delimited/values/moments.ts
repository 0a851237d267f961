import { SECONDS_PER_DAY } from './calendar.ts';
import { readOffset, readTime, tooFine, type FoundTime } from './clock-text.ts';
import { readDate } from './date-text.ts';
import { dateEnd, isBetween, isOffset, timeEnd } from './moment-bytes.ts';
import {
  isInRange,
  isoDate,
  isoMoment,
  isoTime,
  readMoment,
  type Moment,
  type MomentFormat,
} from './moment-text.ts';
import { isRefused, withoutBlanks, type Reading, type Refused, type ValueRule } from './value-rule.ts';
import type { Zone } from './zone.ts';

export interface MomentSettings {
  /** Instants become its wall clock; zone-less text into timestamptz is its wall clock. */
  zone: { name: string; rules: Zone } | undefined;
  /** Digits after the sixth are cut off. */
  truncates: boolean;
  infiniteIsNull: boolean;
}

export function dateRule(format: MomentFormat, settings: MomentSettings): ValueRule {
  return {
    commonForm: { kind: 'date' },
    isExact: (bytes, start, end) => dateEnd(bytes, start, end, format) === end,
    read: (text) =>
      infinite(text, settings) ??
      converted(text, format, (moment) => {
        if (moment.offset !== undefined) {
          const wall = wallOf(moment, moment.offset, settings, 'a date');
          return typeof wall === 'number' ? { text: isoDate(wall) } : wall;
        }
        const isMidnight = moment.wall % SECONDS_PER_DAY === 0 && moment.microsecond === 0 && !moment.isFiner;
        if (isMidnight) return { text: moment.isMisread === true ? isoDate(moment.wall) : text };
        return {
          problem: 'a date with a time, which date does not hold',
          hint: 'declare the column as timestamp, or write the date alone in the file',
        };
      }),
  };
}

export function timestampRule(format: MomentFormat, settings: MomentSettings): ValueRule {
  return {
    isExact(bytes, start, end) {
      const day = dateEnd(bytes, start, end, format);
      return day === end || (day > 0 && isBetween(bytes[day]) && timeEnd(bytes, day + 1, end) === end);
    },
    read: (text) =>
      infinite(text, settings) ??
      converted(text, format, (moment) => {
        if (moment.isFiner && !settings.truncates) return tooFine;
        if (moment.offset === undefined) return unlessSame(text, moment, format, '');
        const wall = wallOf(moment, moment.offset, settings, 'timestamp');
        return typeof wall === 'number' ? { text: isoMoment(wall, moment.microsecond, '') } : wall;
      }),
  };
}

export function timestamptzRule(format: MomentFormat, settings: MomentSettings): ValueRule {
  const zone = settings.zone?.name === 'UTC' ? undefined : settings.zone;
  const needsZone = zone !== undefined;
  return {
    isExact(bytes, start, end) {
      const day = dateEnd(bytes, start, end, format);
      if (day < 0) return false;
      if (day === end) return !needsZone;
      const time = isBetween(bytes[day]) ? timeEnd(bytes, day + 1, end) : -1;
      if (time === end) return !needsZone;
      return time > 0 && isOffset(bytes, time, end);
    },
    read: (text) =>
      infinite(text, settings) ??
      converted(text, format, (moment) => {
        if (moment.isFiner && !settings.truncates) return tooFine;
        if (moment.offset !== undefined) return unlessSame(text, moment, format, '+00');
        if (zone === undefined) return unlessSame(text, moment, format, '+00');
        const instant = instantOf(moment, zone);
        return typeof instant === 'number'
          ? { text: isoMoment(instant, moment.microsecond, '+00') }
          : instant;
      }),
  };
}

export function timeRule(format: MomentFormat, { truncates }: Pick<MomentSettings, 'truncates'>): ValueRule {
  return {
    isExact: (bytes, start, end) => timeEnd(bytes, start, end) === end,
    read(text): Reading {
      const bare = withoutBlanks(text);
      const time = readTime(bare, format.decimal);
      if (isRefused(time)) return isRefused(readDate(bare, { order: format.order })) ? time : timeWithDate;
      const rest = bare.slice(time.length).trimStart();
      if (rest !== '') return timeWithMore(rest);
      if (time.isFiner && !truncates) return tooFine;
      return isSpelledPlainly(bare, time, format)
        ? { text }
        : { text: isoTime(secondsOf(time), time.microsecond) };
    },
  };
}

const timeWithDate: Refused = {
  problem: 'a time with a date, which time does not hold',
  hint: 'declare the column as timestamp, or write the time alone in the file',
};

function timeWithMore(rest: string): Refused {
  const offset = readOffset(rest);
  if (typeof offset !== 'number') return offset;
  return {
    problem: 'a time with an offset, which time does not hold',
    hint: 'write the time alone in the file, or declare the column as text',
  };
}

function secondsOf({ hour, minute, second }: FoundTime): number {
  return hour * 3600 + minute * 60 + second;
}

/** hyperd drops a fraction behind a comma and rounds the seventh digit. */
function isSpelledPlainly(
  text: string,
  { isFiner }: { isFiner: boolean },
  { decimal }: MomentFormat,
): boolean {
  return !isFiner && (decimal === '.' || !/[0-9],[0-9]/.test(text));
}

function unlessSame(text: string, moment: Moment, format: MomentFormat, zone: '' | '+00'): Reading {
  if (moment.isMisread !== true && isSpelledPlainly(text, moment, format)) return { text };
  return { text: isoMoment(moment.wall - (moment.offset ?? 0), moment.microsecond, zone) };
}

function converted(text: string, format: MomentFormat, convert: (moment: Moment) => Reading): Reading {
  const moment = readMoment(text, format);
  return isRefused(moment) ? moment : convert(moment);
}

function infinite(text: string, { infiniteIsNull }: MomentSettings): Reading | undefined {
  if (!/^[+-]?inf(inity)?$/i.test(withoutBlanks(text))) return undefined;
  if (infiniteIsNull) return { text: null };
  return {
    problem: 'Hyper has no infinite date',
    hint: 'set on_infinite: null on the column, the table or defaults.tables to load NULL instead',
  };
}

/** Returns the wall clock of an instant, or why there is none. */
function wallOf({ wall }: Moment, offset: number, { zone }: MomentSettings, what: string): number | Refused {
  if (zone === undefined) {
    return {
      problem: `an instant, of which ${what} would drop the offset`,
      hint:
        'declare the column as timestamptz, or set at_zone: UTC (or another zone) on the column, the table or ' +
        'defaults.tables to load its wall clock there',
    };
  }
  const instant = wall - offset;
  const there = zone.rules.offsetAt(instant);
  return there === undefined || !isInRange(instant + there) ? beyondZone(zone.name) : instant + there;
}

function instantOf({ wall }: Moment, { name, rules }: { name: string; rules: Zone }): number | Refused {
  const instants = rules.instantsOf(wall);
  const [instant] = instants;
  if (instants.length === 1 && instant !== undefined && isInRange(instant)) return instant;
  const hint = 'write the offset in the file, such as +02:00';
  if (instants.length > 1)
    return { problem: `this time exists twice in ${name}, where clocks go back`, hint };
  if (rules.offsetAt(wall) === undefined) return beyondZone(name);
  return { problem: `this time does not exist in ${name}, where clocks go forward`, hint };
}

function beyondZone(name: string): Refused {
  return { problem: `the rules of ${name} do not reach this day`, hint: 'declare the column as text' };
}
