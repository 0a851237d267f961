import { isReportDocument } from '../../../config/schema/report-shape.ts';
import { classOfCode } from '../../../model/errors/failure-class.ts';
import { kindOf, type FailureKind } from '../../../run/failures.ts';
import type { HeldBack } from '../../../run/held-back.ts';
import type { ErrorDocument, LocatedDiagnostic, PipelineDocument } from '../../../run/report-document.ts';
import type { DoneBefore } from '../../../run/shard/done-before.ts';
import type { Shard } from '../../../run/shard/shard.ts';

/** A report as `apply --json` has printed it, in this version or another. Every failure has its kind. */
export interface ReadReport {
  ended?: string;
  plan?: string;
  shard?: Shard;
  exitCode?: number;
  pipelines: readonly PipelineDocument[];
  blocked: readonly HeldBack[];
  withheld: readonly HeldBack[];
  idle: Readonly<Record<string, number>>;
  doneBefore: readonly DoneBefore[];
  error?: ErrorDocument & FailureKind;
  diagnostics: readonly LocatedDiagnostic[];
}

/** The reason why a saved plan is not a report: it is the input of a run. */
export const aPlan = 'it is a plan';

/** Reads a report; returns what is wrong with a text that is none. */
export function readReport(text: string): ReadReport | string {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return text.trim() === '' ? 'it is empty' : 'it is not JSON, or only a part of it';
  }
  // Both have pipelines, which mean different things.
  if (typeof document === 'object' && document !== null && 'seal' in document) return aPlan;
  if (!isReportDocument(document) || !hasResult(document)) return 'it is not what apply --json prints';
  const {
    pipelines = [],
    blocked = [],
    withheld = [],
    idle = {},
    doneBefore = [],
    error,
    ...rest
  } = document;
  return {
    ...rest,
    pipelines: pipelines.map((one) =>
      one.failure === undefined ? one : { ...one, failure: withKind(one.failure) },
    ),
    blocked: blocked.map(heldWithKind),
    withheld: withheld.map(heldWithKind),
    idle,
    doneBefore,
    ...(error !== undefined && { error: withKind(error) }),
  };
}

function hasResult(value: unknown): value is Partial<ReadReport> & Pick<ReadReport, 'diagnostics'> {
  return typeof value === 'object' && value !== null && ('pipelines' in value || 'error' in value);
}

/** Reports of 0.2.0 have no classes: those of the codes are near enough. */
function withKind<Failed extends ErrorDocument & Partial<FailureKind>>(failed: Failed): Failed & FailureKind {
  return { ...kindOf(classOfCode(failed.code ?? '') ?? 'permanent'), ...failed };
}

const heldWithKind = (held: Omit<HeldBack, keyof FailureKind> & Partial<FailureKind>): HeldBack => ({
  ...kindOf(held.by === 'gate' ? 'gate' : 'permanent'),
  ...held,
});
