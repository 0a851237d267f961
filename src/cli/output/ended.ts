import type { Report } from '../../apply/report.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { Plan } from '../../model/plan/plan.ts';
import type { JsonError } from './json.ts';

/** The end of an apply. */
export interface Ended {
  report: Report;
  plan: Plan;
  /** Findings before it began. */
  diagnostics: readonly Diagnostic[];
  /** The reason why the plan was not begun. */
  refusal?: JsonError;
}
