const DAY = 86_400_000_000;
const LAST_DAY = 2_958_465;
/** A number of days with five digits before the point is itself exact to a third of a microsecond. */
const UNCERTAIN = 2;

/** The day and the time of day that a number of Excel means, as text; or the reason why it means none. */
export type SerialDate =
  { day: string | undefined; isFirstDay: boolean; time: string; isMidnight: boolean } | { problem: string };

/**
 * Reads a number of days. It is exact to the millisecond, as Excel shows it, unless the number says more; then to the
 * microsecond. Day 60 of the 1900 date system is 29 February 1900, which never existed.
 */
export function readSerial(text: string, is1904: boolean): SerialDate {
  const serial = Number(text);
  if (!Number.isFinite(serial) || serial < 0 || serial >= LAST_DAY + 1 - (is1904 ? 1462 : 0))
    return { problem: 'the number is no date of Excel' };
  const whole = Math.floor(serial);
  // The digits behind the point alone are more exact than the difference of two large numbers.
  const exact = Number(/^\d+(\.\d+)$/.exec(text)?.[1] ?? serial - whole) * DAY;
  const rounded = Math.round(exact / 1000) * 1000;
  const micros = Math.abs(exact - rounded) <= roundingOf(text) ? rounded : Math.round(exact);
  const days = whole + (micros >= DAY ? 1 : 0);
  const ofDay = micros >= DAY ? 0 : micros;
  if (!is1904 && days === 60) return { problem: '29 February 1900 is a date of Excel only' };
  const isFirstDay = days === 0;
  return { day: dayOf(days, is1904), isFirstDay, time: timeOf(ofDay), isMidnight: ofDay === 0 };
}

/**
 * Returns by how many microseconds the number may have been rounded when it was written. Excel writes 17 digits; LibreOffice,
 * .NET and PHP write 15 or 14, so that 01:00 becomes 45292.0416666667. Zeros at the end are not written.
 */
function roundingOf(text: string): number {
  const [, whole = '', fraction = ''] = /^0*(\d*)\.(\d+)$/.exec(text) ?? [];
  const decimals = Math.max(fraction.length, 14 - whole.length);
  return (0.5 * DAY) / 10 ** decimals + UNCERTAIN;
}

/** Returns the day; undefined for day 0 of the 1900 date system, which is a time alone. */
function dayOf(days: number, is1904: boolean): string | undefined {
  if (!is1904 && days === 0) return undefined;
  const epoch = is1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, days < 60 ? 31 : 30);
  return new Date(epoch + days * 86_400_000).toISOString().slice(0, 10);
}

function timeOf(micros: number): string {
  const seconds = Math.floor(micros / 1e6);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const fraction = String(micros % 1e6)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const clock = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return fraction === '' ? clock : `${clock}.${fraction}`;
}
