import type { IncrementPlan } from '../../model/plan/increment-plan.ts';

/** The decision about the rows of a table that continues from its extract. */
export type IncrementalDecision =
  | { kind: 'unchanged' }
  | { kind: 'increment'; increment: IncrementPlan; reason: string }
  | { kind: 'whole'; reason: string };

export const whole = (reason: string): IncrementalDecision & { kind: 'whole' } => ({ kind: 'whole', reason });
