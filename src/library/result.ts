import type { PlanDocument } from '../run/plan-document.ts';
import type { ReportDocument } from '../run/report-document.ts';

/** The end of an apply: the fields of `apply --json`, and whether all is well. */
export interface ApplyResult extends ReportDocument {
  /** Everything that the plan asked for was done: nothing failed, nothing was blocked, refused or interrupted. */
  ok: boolean;
  /** The signal, or the end of the reading of events, has ended the run. */
  interrupted: boolean;
  plan: PlanDocument;
}

export function resultOf(report: ReportDocument, plan: PlanDocument, { aborted }: AbortSignal): ApplyResult {
  const isDone = report.pipelines.every(
    ({ failure, outcome }) => failure === undefined && outcome !== 'interrupted',
  );
  const ok = isDone && !aborted && report.error === undefined && report.blocked.length === 0;
  return { ...report, ok, interrupted: aborted, plan };
}
