import type { CsvFormat } from '../../model/config/source.ts';
import { daysInMonth } from '../../sources/delimited/values/calendar.ts';
import { dateRule, timestampRule } from '../../sources/delimited/values/moments.ts';
import { isRefused, withoutBlanks, type ValueRule } from '../../sources/delimited/values/value-rule.ts';
import { openZone } from '../../sources/delimited/values/zone.ts';

export type DateOrder = CsvFormat['dateOrder'];

/** A type of dates, and how its texts are read. */
export interface MomentReading {
  kind: 'date' | 'timestamp' | 'instant';
  order: DateOrder;
  decimal: '.' | ',';
}

/** The orders, the one that is assumed without any setting first. */
const orders: readonly DateOrder[] = ['MDY', 'DMY', 'YMD'];

interface Candidate extends MomentReading {
  rule: ValueRule;
}

/** Gathers in which orders all values of a column are dates, dates with a time, or instants with an offset. */
export class MomentGuess {
  #candidates: Candidate[] = candidates();
  #hasTwoDays = false;
  isDotted = false;
  /** A value is written in digits alone. */
  isPacked = false;

  get isPossible(): boolean {
    return this.#candidates.length > 0;
  }

  /** Takes a value that is neither NULL nor blank. */
  take(text: string): void {
    const bare = withoutBlanks(text);
    this.isPacked ||= /^[0-9]{8}$/.test(bare);
    this.isDotted ||= /^[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}/.test(bare);
    this.#candidates = this.#candidates.filter((candidate) => reads(candidate, text, bare));
    this.#hasTwoDays ||= isTwoDays(bare);
  }

  /** Values mean one day with the month first and another one with the day first. */
  get meansTwoDays(): boolean {
    return this.#hasTwoDays && this.readingIn('MDY') !== undefined && this.readingIn('DMY') !== undefined;
  }

  /** Another order would read the values otherwise, or not at all. */
  get dependsOnOrder(): boolean {
    return this.#hasTwoDays || orders.some((order) => this.readingIn(order) === undefined);
  }

  /** Returns the most exact reading of all values in an order; undefined if there is none. */
  readingIn(order: DateOrder, decimal?: '.' | ','): MomentReading | undefined {
    const found = this.#candidates.find(
      (one) => one.order === order && (decimal === undefined || one.decimal === decimal),
    );
    return found && { kind: found.kind, order, decimal: found.decimal };
  }
}

function candidates(): Candidate[] {
  const settings = { zone: undefined, truncates: false, infiniteIsNull: false };
  const rules = openZone('UTC');
  if (rules === undefined) throw new Error('there is no UTC');
  const atUtc = { ...settings, zone: { name: 'UTC', rules } };
  return orders.flatMap((order) =>
    (['.', ','] as const).flatMap((decimal): Candidate[] => {
      const format = { order, isAssumed: false, decimal };
      return [
        { kind: 'date', order, decimal, rule: dateRule(format, settings) },
        { kind: 'timestamp', order, decimal, rule: timestampRule(format, settings) },
        { kind: 'instant', order, decimal, rule: timestampRule(format, atUtc) },
      ];
    }),
  );
}

/** An instant has an offset in every value: text without one would be taken for UTC. */
function reads({ kind, rule }: Candidate, text: string, bare: string): boolean {
  // Where one value has a time, others may have another than midnight.
  if (kind === 'date' && bare.includes(':')) return false;
  if (kind === 'instant' && !/(?:z|utc|gmt|[+-][0-9:]+)$/i.test(bare.slice(11))) return false;
  return !isRefused(rule.read(text));
}

/** Returns true for 1/2/2024, which is another day with the month first than with the day first. */
function isTwoDays(text: string): boolean {
  const [, one = '', other = '', year = ''] =
    /^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})/.exec(text) ?? [];
  if (one === '' || Number(one) === Number(other)) return false;
  const isDay = (day: number, month: number) =>
    month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(Number(year), month);
  return isDay(Number(one), Number(other)) && isDay(Number(other), Number(one));
}
