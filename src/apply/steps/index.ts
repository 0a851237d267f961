import type { Step } from '../../model/plan/step.ts';
import type { RunState } from '../run-state.ts';
import type { RemovalState } from '../removal-state.ts';
import { change } from './change.ts';
import { check } from './check.ts';
import { create } from './create.ts';
import { deleteOutput } from './delete.ts';
import { deliver } from './deliver.ts';
import { finish } from './finish.ts';
import { forget } from './forget.ts';
import { load } from './load.ts';
import { noteMissing } from './note-missing.ts';
import { pack } from './package.ts';
import { record } from './record.ts';
import { snapshot } from './snapshot.ts';
import type { PerformStep, StepContext, StepKind, StepOf, StepResult } from './step.ts';

type RemovalKind = 'delete' | 'forget' | 'record';
type ApplyKind = Exclude<StepKind, 'delete' | 'forget'>;

/** The function that performs each kind of step of an apply; the compiler requires every kind here. */
const applySteps: { [K in ApplyKind]: PerformStep<K, RunState> } = {
  snapshot,
  create,
  load,
  change,
  check,
  finish,
  package: pack,
  deliver,
  record,
};

/** The function that performs each kind of step of a removal. */
const removalSteps: { [K in RemovalKind]: PerformStep<K, RemovalState> } = {
  delete: deleteOutput,
  forget,
  record: noteMissing,
};

export function performApplyStep(step: Step, state: RunState, context: StepContext): Promise<StepResult> {
  if (step.kind === 'delete' || step.kind === 'forget')
    throw new Error(`${step.kind} is no step of an apply`);
  return performApply(step, state, context);
}

export function performRemovalStep(
  step: Step,
  state: RemovalState,
  context: StepContext,
): Promise<StepResult> {
  if (step.kind !== 'delete' && step.kind !== 'forget' && step.kind !== 'record')
    throw new Error(`${step.kind} is no step of a removal`);
  return performRemoval(step, state, context);
}

/** The type parameter ties the kind of the step to its entry in the table. */
function performApply<K extends ApplyKind>(
  step: StepOf<K>,
  state: RunState,
  context: StepContext,
): Promise<StepResult> {
  return applySteps[step.kind](step, state, context);
}

function performRemoval<K extends RemovalKind>(
  step: StepOf<K>,
  state: RemovalState,
  context: StepContext,
): Promise<StepResult> {
  return removalSteps[step.kind](step, state, context);
}
