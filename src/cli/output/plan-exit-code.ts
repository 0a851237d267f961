import type { Plan } from '../../model/plan/plan.ts';
import { classOfRun } from '../../run/failures.ts';
import { heldBack } from '../../run/held-back.ts';
import { exitCodeOfClass, type ExitCode } from './exit-codes.ts';

/** Returns the exit code of a plan with blocked pipelines: that of the most severe one. */
export function exitCodeOfBlocked(plan: Plan): ExitCode {
  const kind = classOfRun(heldBack(plan).map((one) => one.class));
  return exitCodeOfClass[kind ?? 'permanent'];
}
