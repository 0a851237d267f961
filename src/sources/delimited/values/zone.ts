import { daysSince1970, SECONDS_PER_DAY } from './calendar.ts';

/** One IANA zone, with the rules that Node.js brings along. All times are seconds since 1970. */
export interface Zone {
  /** Seconds east of Greenwich at an instant; undefined where the calendar of JavaScript ends. */
  offsetAt(instant: number): number | undefined;
  /** The instants that have this wall clock (counted as if it were UTC): none, one, or two. */
  instantsOf(wall: number): number[];
}

/** Undefined if there is no such zone. */
export function openZone(name: string): Zone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  const offsetAt = cached((instant) => offsetOf(format, instant));
  return {
    offsetAt,
    instantsOf(wall) {
      const instants = new Set<number>();
      for (const near of [wall - SECONDS_PER_DAY, wall, wall + SECONDS_PER_DAY]) {
        const offset = offsetAt(near);
        if (offset !== undefined && offsetAt(wall - offset) === offset) instants.add(wall - offset);
      }
      return [...instants];
    },
  };
}

function offsetOf(format: Intl.DateTimeFormat, instant: number): number {
  const parts: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(instant * 1000)) parts[type] = value;
  const number = (type: string) => Number(parts[type]);
  const year = parts.era?.startsWith('B') === true ? 1 - number('year') : number('year');
  const days = daysSince1970({ year, month: number('month'), day: number('day') });
  const wall = days * SECONDS_PER_DAY + number('hour') * 3600 + number('minute') * 60 + number('second');
  return wall - instant;
}

/** No zone changes its offset twice within a span. */
const SPAN = 6 * 3600;
const MOST_SPANS = 100_000;
/** The last second of JavaScript's calendar, a span short. */
const LAST = 8.64e12 - SPAN;

/** Asking takes some microseconds, and a file has a few thousand days: spans without a change are remembered. */
function cached(ask: (instant: number) => number): (instant: number) => number | undefined {
  const spans = new Map<number, number | undefined>();
  return (instant) => {
    if (Math.abs(instant) > LAST) return undefined;
    const span = Math.floor(instant / SPAN);
    if (!spans.has(span)) {
      if (spans.size >= MOST_SPANS) spans.clear();
      const [first, last] = [ask(span * SPAN), ask((span + 1) * SPAN - 1)];
      spans.set(span, first === last ? first : undefined);
    }
    return spans.get(span) ?? ask(instant);
  };
}
