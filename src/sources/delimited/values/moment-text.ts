import { daysSince1970, dayOf, SECONDS_PER_DAY, type Day } from './calendar.ts';
import { readOffset, readTime } from './clock-text.ts';
import { readDate, type DateOrder, type DateReading, type FoundDate } from './date-text.ts';
import { isRefused, withoutBlanks, type Refused } from './value-rule.ts';

/** The content of a text of date and time. The wall clock is counted as if it were UTC. */
export interface Moment {
  wall: number;
  microsecond: number;
  isFiner: boolean;
  hasTime: boolean;
  /** Seconds east of Greenwich, if the text has an offset: then it is an instant. */
  offset: number | undefined;
  /** hyperd refuses the text, or reads another day: it must be given another spelling. */
  isMisread?: boolean;
}

export interface MomentFormat extends DateReading {
  decimal: string;
}

/** A date, and perhaps a time, and perhaps an offset, in the spellings that hyperd reads without mistake. */
export function readMoment(text: string, format: MomentFormat): Moment | Refused {
  const { order, decimal } = format;
  const bare = withoutBlanks(text);
  const isBc = / bc$/i.test(bare);
  const whole = isBc ? bare.replace(/ +bc$/i, '') : bare;
  const found = readDate(whole, format);
  if (isRefused(found)) return found;
  if (isBc && !found.isIso)
    return { problem: 'BC follows a date of the form 0044-03-15', hint: 'correct the file' };
  const day = { ...found, year: isBc ? 1 - found.year : found.year };
  const midnight = daysSince1970(day) * SECONDS_PER_DAY;
  const rest = whole.slice(found.length);
  const moment = rest === '' ? atMidnight(midnight) : behindDate(midnight, rest, decimal);
  if (isRefused(moment)) return moment;
  if (!isMisread({ text, order, found, hasTime: moment.hasTime })) return inRange(moment);
  return isBc && order === 'DMY' ? noBc : inRange({ ...moment, isMisread: true });
}

const noBc: Refused = {
  problem: 'with date_order: DMY, Hyper does not read dates before Christ',
  hint: 'set format: {date_order: YMD}, or declare the column as text',
};

function atMidnight(wall: number): Moment {
  return { wall, microsecond: 0, isFiner: false, hasTime: false, offset: undefined };
}

function behindDate(midnight: number, rest: string, decimal: string): Moment | Refused {
  const [gap = ''] = /^(?:t|,? +)/i.exec(rest) ?? [];
  if (gap === '' || !/^[0-9]/.test(rest.slice(gap.length))) return readTrail(rest.slice(gap.length));
  const time = readTime(rest.slice(gap.length), decimal);
  if (isRefused(time)) return time;
  const zone = rest.slice(gap.length + time.length).trimStart();
  const offset = zone === '' ? undefined : readOffset(zone);
  if (offset !== undefined && typeof offset !== 'number') return offset;
  return {
    wall: midnight + time.hour * 3600 + time.minute * 60 + time.second,
    microsecond: time.microsecond,
    isFiner: time.isFiner,
    hasTime: true,
    offset,
  };
}

interface Spelling {
  text: string;
  order: DateOrder;
  found: FoundDate;
  hasTime: boolean;
}

/**
 * Spellings that hyperd refuses, or reads as another day. In the order DMY it knows ISO in its bare form only; and a
 * blank before 12-31-2024 makes it look for the year first.
 */
function isMisread({ text, order, found, hasTime }: Spelling): boolean {
  if (found.isDashed && /^[ \t-\r]/.test(text)) return true;
  if (!found.isIso || order !== 'DMY') return false;
  const isBare = /^[0-9-]+(?:(?:t| +)[0-9:.]+(?:z|[+-][0-9:]+)?)?$/i.test(text);
  return !isBare && (hasTime || withoutBlanks(text).length !== found.length);
}

/** Something follows the date that is no time: an offset at most. */
function readTrail(rest: string): Refused {
  const offset = readOffset(rest);
  if (typeof offset !== 'number') return offset;
  return {
    problem: 'an offset follows a time, not a date',
    hint: 'write the date alone, or date, time and offset',
  };
}

const EARLIEST = daysSince1970({ year: -4712, month: 1, day: 1 }) * SECONDS_PER_DAY;
const END = daysSince1970({ year: 294_277, month: 1, day: 1 }) * SECONDS_PER_DAY;

function inRange(moment: Moment): Moment | Refused {
  return isInRange(moment.wall) && isInRange(moment.wall - (moment.offset ?? 0))
    ? moment
    : { problem: 'Hyper has days from 4713-01-01 BC to 294276-12-31', hint: 'declare the column as text' };
}

export function isInRange(wall: number): boolean {
  return wall >= EARLIEST && wall < END;
}

/** ISO, which hyperd reads in every order of dates. */
export function isoDate(wall: number): string {
  return spelledDay(dayOf(Math.floor(wall / SECONDS_PER_DAY)), '');
}

export function isoMoment(wall: number, microsecond: number, zone: '' | '+00'): string {
  const days = Math.floor(wall / SECONDS_PER_DAY);
  return spelledDay(dayOf(days), ` ${isoTime(wall - days * SECONDS_PER_DAY, microsecond)}${zone}`);
}

export function isoTime(second: number, microsecond: number): string {
  const parts = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map((part) =>
    padded(part, 2),
  );
  return microsecond === 0 ? parts.join(':') : `${parts.join(':')}.${padded(microsecond, 6)}`;
}

function spelledDay({ year, month, day }: Day, time: string): string {
  const shown = year > 0 ? year : 1 - year;
  return `${padded(shown, 4)}-${padded(month, 2)}-${padded(day, 2)}${time}${year > 0 ? '' : ' BC'}`;
}

function padded(number: number, length: number): string {
  return String(number).padStart(length, '0');
}
