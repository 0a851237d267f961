const DAY = 86_400_000_000;
const LAST_DAY = 2_958_465;

/** The day and the time of day that a number of Excel means, as text; or the reason why it means none. */
export type SerialDate = { day: string | undefined; time: string; isMidnight: boolean } | { problem: string };

/**
 * Reads a number of days. It is exact to the millisecond, as Excel shows it, unless the number says more; then to the
 * microsecond. Day 60 of the 1900 date system is 29 February 1900, which never existed.
 */
export function readSerial(serial: number, is1904: boolean): SerialDate {
  if (!Number.isFinite(serial) || serial < 0 || serial >= LAST_DAY + 1 - (is1904 ? 1462 : 0))
    return { problem: 'the number is no date of Excel' };
  const whole = Math.floor(serial);
  const exact = (serial - whole) * DAY;
  const rounded = Math.round(exact / 1000) * 1000;
  const micros = Math.abs(exact - rounded) <= 2 ? rounded : Math.round(exact);
  const days = whole + (micros >= DAY ? 1 : 0);
  const ofDay = micros >= DAY ? 0 : micros;
  if (!is1904 && days === 60) return { problem: '29 February 1900 is a date of Excel only' };
  return { day: dayOf(days, is1904), time: timeOf(ofDay), isMidnight: ofDay === 0 };
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
