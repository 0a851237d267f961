import type { Report } from '../../apply/report.ts';
import type { Plan } from '../../model/plan/plan.ts';
import { classOfRun } from '../../run/failures.ts';
import { failureClasses } from '../../run/report-document.ts';
import { exitCodeOfClass, exitCodes, type ExitCode } from './exit-codes.ts';
import { exitCodeOfInterruption } from './failure.ts';

/** Returns the exit code of an apply: that of the most severe failure or blocked pipeline. */
export function applyExitCode(report: Report, plan: Plan, interrupted: AbortSignal): ExitCode {
  if (interrupted.aborted) return exitCodeOfInterruption(interrupted);
  // Only SIGTERM lets pipelines end that are under way and begins no other.
  if (hasLeft(report)) return exitCodes.terminated;
  const kind = classOfRun(failureClasses({ report, plan }));
  return kind === undefined ? exitCodes.done : exitCodeOfClass[kind];
}

/** True if pipelines were not begun, or not finished, because the run was to end. */
export const hasLeft = ({ pipelines }: Report): boolean =>
  pipelines.some(({ outcome }) => outcome === 'interrupted');
