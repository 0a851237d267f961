import { daysInMonth } from './calendar.ts';
import type { DateReading } from './date-text.ts';

const ZERO = 0x30;
const DASH = 0x2d;
const PLUS = 0x2b;
const SLASH = 0x2f;
const POINT = 0x2e;
const COLON = 0x3a;
const SPACE = 0x20;
const T = 0x54;
const Z = 0x5a;

/** The two digits at a place as a number, or -1. */
function pair(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - ZERO;
  const ones = (bytes[at + 1] ?? 0) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

function isDay(century: number, year: number, month: number, day: number): boolean {
  if (century < 0 || year < 0 || month < 1 || month > 12 || day < 1) return false;
  const whole = century * 100 + year;
  return whole > 0 && (day <= 28 || day <= daysInMonth(whole, month));
}

/** Returns the end of a date that begins at `start`: 2024-12-31, or 12/31/2024 in the order; -1 if there is none. */
export function dateEnd(bytes: Uint8Array, start: number, end: number, reading: DateReading): number {
  if (end - start < 8) return -1;
  if (end - start >= 10 && bytes[start + 4] === DASH && bytes[start + 7] === DASH) {
    const isExact = isDay(
      pair(bytes, start),
      pair(bytes, start + 2),
      pair(bytes, start + 5),
      pair(bytes, start + 8),
    );
    return isExact ? start + 10 : -1;
  }
  return reading.order === 'YMD' ? -1 : yearLastEnd(bytes, start, end, reading);
}

function yearLastEnd(bytes: Uint8Array, start: number, end: number, reading: DateReading): number {
  let at = start;
  let first = pair(bytes, at);
  if (first >= 0) at += 2;
  else first = (bytes[at++] ?? 0) - ZERO;
  const sign = bytes[at++];
  if (sign !== SLASH && sign !== POINT && sign !== DASH) return -1;
  let second = pair(bytes, at);
  if (second >= 0) at += 2;
  else second = (bytes[at++] ?? 0) - ZERO;
  if (bytes[at] !== sign || at + 5 > end) return -1;
  // Whether it means two days is for the slower look at the text.
  if (reading.isAssumed === true && sign === POINT) return -1;
  const isMonthFirst = reading.order === 'MDY';
  const isExact = isDay(
    pair(bytes, at + 1),
    pair(bytes, at + 3),
    isMonthFirst ? first : second,
    isMonthFirst ? second : first,
  );
  return isExact ? at + 5 : -1;
}

/** Returns the end of a time of the form 13:45 or 13:45:59.123456 that begins at `start`, or -1. */
export function timeEnd(bytes: Uint8Array, start: number, end: number): number {
  const hour = pair(bytes, start);
  const minute = pair(bytes, start + 3);
  let at = start + 5;
  if (at > end || hour < 0 || hour > 23 || bytes[start + 2] !== COLON || minute < 0 || minute > 59) return -1;
  if (at === end || bytes[at] !== COLON) return at;
  const second = pair(bytes, at + 1);
  at += 3;
  if (at > end || second < 0 || second > 59) return -1;
  if (at === end || bytes[at] !== POINT) return at;
  const seventh = ++at + 6;
  const first = at;
  for (; at < end; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    if (at >= seventh && digit !== 0) return -1;
  }
  return at > first ? at : -1;
}

/** True for a blank or T between date and time. */
export function isBetween(byte: number | undefined): boolean {
  return byte === SPACE || byte === T;
}

/** True for Z, +02, +0200 and +02:00, and nothing behind. */
export function isOffset(bytes: Uint8Array, start: number, end: number): boolean {
  const sign = bytes[start];
  if (sign === Z) return start + 1 === end;
  if (sign !== PLUS && sign !== DASH) return false;
  const hours = pair(bytes, start + 1);
  if (hours < 0 || hours > 14) return false;
  const length = end - start;
  if (length === 3) return true;
  const minutes =
    length === 5
      ? pair(bytes, start + 3)
      : length === 6 && bytes[start + 3] === COLON
        ? pair(bytes, start + 4)
        : -1;
  return minutes >= 0 && minutes <= 59;
}
