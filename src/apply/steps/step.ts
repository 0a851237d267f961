import type { Step } from '../../model/plan/step.ts';
import type { ReportProgress } from '../events.ts';

export type StepKind = Step['kind'];

/** The step of a kind. */
export type StepOf<K extends StepKind> = { [P in K]: Extract<Step, { kind: P }> }[K];

export interface StepResult {
  rows?: number;
  bytes?: number;
  /** The step was not needed. */
  isSkipped?: true;
}

/** The context that a step may use while it runs. */
export interface StepContext {
  report: ReportProgress;
  signal: AbortSignal;
}

/** Performs the steps of one kind on the state of a pipeline run. */
export type PerformStep<K extends StepKind, State> = (
  step: StepOf<K>,
  state: State,
  context: StepContext,
) => Promise<StepResult>;
