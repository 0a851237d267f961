import type { Report } from '../../apply/report.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { Plan } from '../../model/plan/plan.ts';
import type { JsonError } from './json.ts';

/** How an apply has ended. */
export interface Ended {
  report: Report;
  plan: Plan;
  /** What was found before it began. */
  diagnostics: readonly Diagnostic[];
  /** Why nothing of the plan was begun. */
  refusal?: JsonError;
}
