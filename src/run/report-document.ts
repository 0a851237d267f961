import type { PipelineReport, Report } from '../apply/report.ts';
import type { Configuration } from '../config/index.ts';
import type { Diagnostic, Span } from '../model/errors/diagnostic.ts';
import type { FailureClass } from '../model/errors/failure-class.ts';
import { RunError } from '../model/errors/run-error.ts';
import { foreign } from '../model/errors/secrets.ts';
import type { Plan } from '../model/plan/plan.ts';
import { idleWord } from '../render/outcomes.ts';
import { classOfError, classOfRun, kindOf, type FailureKind } from './failures.ts';
import { heldBack, type HeldBack } from './held-back.ts';
import type { Performed } from './perform-apply.ts';
import type { DoneBefore } from './shard/done-before.ts';
import { UsageError } from './usage-error.ts';

/** An error as data: its stable code if it has one, one line, and the remedy. */
export interface ErrorDocument {
  code?: string;
  message: string;
  hint?: string;
}

/** A diagnostic with file, line and column (from 1) in the place of a pointer, as far as it has a place. */
export type LocatedDiagnostic = Omit<Diagnostic, 'place'> & { file?: string } & Partial<Span>;

/** The end of an apply. */
export interface Ended {
  report: Performed;
  plan: Plan;
  /** Findings before it began. */
  diagnostics: readonly Diagnostic[];
  /** The reason why the plan was not begun. */
  refusal?: ErrorDocument;
  /** Pipelines of the saved plan that no shard applies. */
  withheld?: readonly HeldBack[] | undefined;
  /** The pipelines without changes, where the plan is a part that has none of them. */
  idle?: Readonly<Record<string, number>> | undefined;
}

/** The report of an apply as `apply --json` prints it. */
export interface ReportDocument {
  /** The pipelines that were carried out, in the order of the plan. */
  pipelines: readonly PipelineDocument[];
  /** The pipelines that a gate or an error held back. */
  blocked: readonly HeldBack[];
  /** Pipelines of the saved plan that are held back and belong to no shard: the first shard lists them for all. */
  withheld?: readonly HeldBack[];
  /** The number of pipelines without changes, by what the report calls them. */
  idle?: Readonly<Record<string, number>>;
  /** The pipelines of this shard that other runs of it have done: they are no results of this one. */
  doneBefore?: readonly DoneBefore[];
  /** The reason why nothing was begun. */
  error?: ErrorDocument & FailureKind;
  /** The kind of the whole: absent if nothing has failed, was blocked or refused. It can be retried if all failures can. */
  failure?: FailureKind;
  diagnostics: readonly LocatedDiagnostic[];
}

export type PipelineDocument = Omit<PipelineReport, 'failure'> & {
  /** The error, the step in which it occurred, and whether another try may help. */
  failure?: { step: string } & ErrorDocument & FailureKind;
};

export function reportDocument(ended: Ended, configuration: Pick<Configuration, 'locate'>): ReportDocument {
  const { report, plan, diagnostics, refusal, withheld = [] } = ended;
  const { doneBefore } = report;
  const idle = ended.idle ?? countIdle(plan);
  const kind = classOfRun(failureClasses(ended));
  return {
    pipelines: report.pipelines.map(({ failure, ...rest }) => ({
      ...rest,
      ...(failure && { failure: failureDocument(failure) }),
    })),
    blocked: heldBack(plan),
    ...(withheld.length > 0 && { withheld }),
    ...(Object.keys(idle).length > 0 && { idle }),
    ...(doneBefore.length > 0 && { doneBefore }),
    ...(refusal && { error: { ...refusal, ...kindOf('permanent') } }),
    ...(kind !== undefined && { failure: kindOf(kind) }),
    diagnostics: locatedDiagnostics(diagnostics, configuration),
  };
}

/** Counts the pipelines without changes, by what the report calls them. */
export function countIdle({ pipelines }: Pick<Plan, 'pipelines'>): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { action, because } of pipelines)
    if (action === 'none') counts.set(idleWord(because), (counts.get(idleWord(because)) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** Returns the classes of everything that has failed in an apply, or kept something from being applied. */
export function failureClasses({
  report,
  plan,
  refusal,
}: Pick<Ended, 'plan' | 'refusal'> & { report: Report }): FailureClass[] {
  return [
    ...report.pipelines.flatMap(({ failure }) => (failure === undefined ? [] : classOfError(failure.error))),
    ...heldBack(plan).map((one) => one.class),
    ...(refusal === undefined ? [] : (['permanent'] as const)),
  ];
}

const failureDocument = ({ step, error }: NonNullable<PipelineReport['failure']>) => ({
  step,
  ...errorDocument(error),
  ...kindOf(classOfError(error)),
});

export function errorDocument(error: unknown): ErrorDocument {
  if (!(error instanceof RunError || error instanceof UsageError)) return { message: foreign(String(error)) };
  return {
    ...(error instanceof RunError && { code: error.code }),
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

export function locatedDiagnostics(
  diagnostics: readonly Diagnostic[],
  { locate }: Pick<Configuration, 'locate'>,
): LocatedDiagnostic[] {
  return diagnostics.map(({ place, ...rest }) => ({
    ...rest,
    ...(place === undefined ? {} : { file: place.file, ...locate(place) }),
  }));
}
