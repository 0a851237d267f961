import type { PipelineReport, Report } from '../apply/report.ts';
import type { Configuration } from '../config/index.ts';
import type { Diagnostic, Span } from '../model/errors/diagnostic.ts';
import { RunError } from '../model/errors/run-error.ts';
import { foreign } from '../model/errors/secrets.ts';
import type { Plan } from '../model/plan/plan.ts';
import { heldBack, type HeldBack } from './held-back.ts';
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
  report: Report;
  plan: Plan;
  /** Findings before it began. */
  diagnostics: readonly Diagnostic[];
  /** The reason why the plan was not begun. */
  refusal?: ErrorDocument;
}

/** The report of an apply as `apply --json` prints it. */
export interface ReportDocument {
  /** The pipelines that were carried out, in the order of the plan. */
  pipelines: readonly PipelineDocument[];
  /** The pipelines that a gate or an error held back. */
  blocked: readonly HeldBack[];
  /** The reason why nothing was begun. */
  error?: ErrorDocument;
  diagnostics: readonly LocatedDiagnostic[];
}

export type PipelineDocument = Omit<PipelineReport, 'failure'> & {
  /** The error, and the step in which it occurred. */
  failure?: { step: string } & ErrorDocument;
};

export function reportDocument(
  { report, plan, diagnostics, refusal }: Ended,
  configuration: Pick<Configuration, 'locate'>,
): ReportDocument {
  return {
    pipelines: report.pipelines.map(({ failure, ...rest }) => ({
      ...rest,
      ...(failure === undefined ? {} : { failure: { step: failure.step, ...errorDocument(failure.error) } }),
    })),
    blocked: heldBack(plan),
    ...(refusal && { error: refusal }),
    diagnostics: locatedDiagnostics(diagnostics, configuration),
  };
}

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
