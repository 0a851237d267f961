import type { HeldBack } from '../../../run/held-back.ts';
import type { PipelineDocument } from '../../../run/report-document.ts';
import type { DoneBefore } from '../../../run/shard/done-before.ts';

/** The time of a report, and its place among those that are merged. */
export interface Moment {
  ended?: string;
  order: number;
}

export type Result = { of: Moment } & (
  { pipeline: PipelineDocument } | { held: HeldBack } | { before: DoneBefore }
);

/** The result of each pipeline that counts: the latest. That it was done before counts only where no report has its success. */
export class LatestResults {
  readonly #results = new Map<string, Result>();
  readonly #before = new Map<string, Result>();

  take(address: string, result: Result): void {
    const results = 'before' in result ? this.#before : this.#results;
    const known = results.get(address);
    if (known === undefined || isLater(result.of, known.of)) results.set(address, result);
  }

  of(address: string): Result | undefined {
    const result = this.#results.get(address);
    const before = this.#before.get(address);
    if (result === undefined || before === undefined) return result ?? before;
    return !hasSucceeded(result) && isLater(before.of, result.of) ? before : result;
  }

  /** Returns those that count, in the order of their addresses. */
  all(): Result[] {
    const addresses = new Set([...this.#results.keys(), ...this.#before.keys()]);
    return [...addresses]
      .sort((one, other) => (one < other ? -1 : 1))
      .flatMap((address) => this.of(address) ?? []);
  }
}

/** The order of the arguments decides where a version did not write the time. */
export function isLater(one: Moment, other: Moment): boolean {
  if (one.ended !== undefined && other.ended !== undefined && one.ended !== other.ended)
    return one.ended > other.ended;
  return one.order > other.order;
}

const hasSucceeded = (result: Result) => 'pipeline' in result && successes.has(result.pipeline.outcome);

const successes: ReadonlySet<PipelineDocument['outcome']> = new Set([
  'applied',
  'forgotten',
  'deleted',
  'missing',
]);
