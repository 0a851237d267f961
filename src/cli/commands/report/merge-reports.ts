import type { ErrorDocument, LocatedDiagnostic, PipelineDocument } from '../../../run/report-document.ts';
import { classOfRun, kindOf, type FailureKind } from '../../../run/failures.ts';
import type { HeldBack } from '../../../run/held-back.ts';
import { wholly, type DoneBefore } from '../../../run/shard/done-before.ts';
import { UsageError } from '../../../run/usage-error.ts';
import { exitCodeOfClass, exitCodes, exitCodeOfAll, type ExitCode } from '../../output/exit-codes.ts';
import { isLater, LatestResults, type Moment } from './latest-results.ts';
import { aPlan, readReport, type ReadReport } from './read-report.ts';

/** A problem of one of the reports, or of one that is not there. */
export type MergeError = { file?: string } & ErrorDocument & FailureKind;

/** Several reports as one run would have reported it. */
export interface MergedReport {
  plan?: string;
  reports: number;
  /** The latest result of each, in the order of their addresses. */
  pipelines: readonly PipelineDocument[];
  blocked: readonly HeldBack[];
  idle: Readonly<Record<string, number>>;
  /** Pipelines that were done by runs without a report. */
  doneBefore?: readonly DoneBefore[];
  errors: readonly MergeError[];
  failure?: FailureKind;
  diagnostics: readonly LocatedDiagnostic[];
  exitCode: ExitCode;
}

/** Everything of one report besides what it says of single pipelines. */
type Heading = Moment &
  Pick<ReadReport, 'shard' | 'exitCode' | 'error' | 'idle' | 'diagnostics'> & {
    file: string;
    /** The addresses that it says something about. */
    addresses: readonly string[];
  };

/** Merges reports one by one. Only the latest result of each address is kept, so that large reports need little memory. */
export class ReportMerge {
  readonly #headings: Heading[] = [];
  readonly #results = new LatestResults();
  readonly #errors: MergeError[] = [];
  #first: { file: string; plan: string | undefined; count: number | undefined } | undefined;

  /** Throws a `UsageError` for a report of other work. A text that is no report is an error of the merged one. */
  add(file: string, text: string): void {
    const report = readReport(text);
    if (typeof report === 'string') {
      const hint =
        report === aPlan
          ? 'merge what apply --json has printed: apply plan.json --json > report.json'
          : 'start its part of the work again, and merge again';
      this.#errors.push({
        file,
        code: 'EXT6140',
        message: `is not a report: ${report}`,
        hint,
        ...kindOf('permanent'),
      });
      return;
    }
    this.#refuseOtherWork(file, report);
    const { ended, shard, exitCode, error, idle, diagnostics, pipelines, blocked, withheld } = report;
    const held = [...blocked, ...withheld];
    const heading: Heading = {
      ...(ended !== undefined && { ended }),
      ...(shard !== undefined && { shard }),
      ...(exitCode !== undefined && { exitCode }),
      ...(error !== undefined && { error }),
      idle,
      diagnostics,
      file,
      order: this.#headings.length,
      addresses: [...pipelines, ...held].map(({ address }) => address),
    };
    this.#headings.push(heading);
    for (const one of held) this.#results.take(one.address, { of: heading, held: one });
    for (const one of wholly(report.doneBefore))
      this.#results.take(one.address, { of: heading, before: one });
    for (const one of pipelines) this.#results.take(one.address, { of: heading, pipeline: one });
  }

  end(): MergedReport {
    const current = this.#headings.filter((one) => !this.#isRepeated(one));
    const results = this.#results.all();
    const pipelines = results.flatMap((one) => ('pipeline' in one ? one.pipeline : []));
    const blocked = results.flatMap((one) => ('held' in one ? one.held : []));
    const doneBefore = results.flatMap((one) => ('before' in one ? one.before : []));
    const ended = current.flatMap(({ file, error }) => (error === undefined ? [] : { file, ...error }));
    const errors = [...this.#errors, ...ended, ...this.#missingShards()];
    const failed = [...pipelines.flatMap(({ failure }) => failure ?? []), ...blocked, ...errors];
    const kind = classOfRun(failed.map((one) => one.class));
    const plan = this.#first?.plan;
    return {
      ...(plan !== undefined && { plan }),
      reports: this.#headings.length,
      pipelines,
      blocked,
      idle: summed(current.map(({ idle }) => idle)),
      ...(doneBefore.length > 0 && { doneBefore }),
      errors,
      ...(kind !== undefined && { failure: kindOf(kind) }),
      diagnostics: distinct(current.flatMap(({ diagnostics }) => diagnostics)),
      exitCode: exitCodeOfAll([
        ...failed.map((one) => exitCodeOfClass[one.class]),
        ...current.flatMap((one) => this.#ownCodeOf(one)),
      ]),
    };
  }

  #refuseOtherWork(file: string, { plan, shard, error }: ReadReport): void {
    // A run that failed before it had read its plan cannot name it.
    if (error !== undefined && plan === undefined && shard === undefined) return;
    const work = { file, plan, count: shard?.count };
    const first = (this.#first ??= work);
    if (first.plan !== plan)
      throw new UsageError(
        `${file} and ${first.file} are reports of different plans`,
        'merge the reports of one plan at a time',
      );
    if (first.count !== work.count)
      throw new UsageError(
        `${file} and ${first.file} are reports of work that was divided differently`,
        'merge the reports of one division at a time',
      );
  }

  /** Returns true if a later report is of the same shard: a shard that is started again does what had remained. */
  #isRepeated(heading: Heading): boolean {
    const { shard } = heading;
    if (shard === undefined) return false;
    return this.#headings.some(
      (other) => other.shard?.index === shard.index && other !== heading && isLater(other, heading),
    );
  }

  /** Returns exit codes without a class: an interruption, unless all has been done since, and wrong usage or files. */
  #ownCodeOf(heading: Heading): ExitCode[] {
    const { exitCode, error, addresses } = heading;
    switch (exitCode) {
      case exitCodes.interrupted:
      case exitCodes.terminated: {
        const isRemedied = addresses.length > 0 && addresses.every((one) => this.#isDone(one));
        return isRemedied ? [] : [exitCode];
      }
      case undefined:
        return addresses.every((one) => this.#isDone(one)) ? [] : [exitCodes.interrupted];
      case exitCodes.usage:
      case exitCodes.configuration:
        return error === undefined ? [] : [exitCode];
      default:
        return [];
    }
  }

  #isDone(address: string): boolean {
    const result = this.#results.of(address);
    return result !== undefined && !('pipeline' in result && result.pipeline.outcome === 'interrupted');
  }

  #missingShards(): MergeError[] {
    const count = this.#first?.count ?? 0;
    const there = new Set(this.#headings.map(({ shard }) => shard?.index));
    const missing = Array.from({ length: count }, (_, at) => at + 1).filter((index) => !there.has(index));
    if (missing.length === 0) return [];
    const [noun, pronoun] = missing.length === 1 ? ['shard', 'it'] : ['shards', 'them'];
    const message = `there is no report of ${noun} ${missing.join(', ')} of ${count}`;
    const hint = `start ${pronoun} again: what is done already is not done twice`;
    return [{ code: 'EXT6141', message, hint, ...kindOf('permanent') }];
  }
}

function summed(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const [word, count] of counts.flatMap((one) => Object.entries(one)))
    sums.set(word, (sums.get(word) ?? 0) + count);
  return Object.fromEntries(sums);
}

/** Every shard that reads a file has the same findings about it. */
function distinct(diagnostics: readonly LocatedDiagnostic[]): LocatedDiagnostic[] {
  return [...new Map(diagnostics.map((one) => [JSON.stringify(one), one])).values()];
}
