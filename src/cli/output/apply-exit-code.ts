import type { Report } from '../../apply/report.ts';
import { RunError } from '../../model/errors/run-error.ts';
import type { Plan } from '../../model/plan/plan.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { exitCodeOfError, exitCodeOfInterruption } from './failure.ts';
import { exitCodeOfBlocked } from './plan-exit-code.ts';

/** Returns the exit code of an apply: that of its failures and blocked pipelines where they agree, or 1. */
export function applyExitCode(report: Report, plan: Plan, interrupted: AbortSignal): ExitCode {
  if (interrupted.aborted) return exitCodeOfInterruption(interrupted);
  const codes = report.pipelines.flatMap(({ failure }) =>
    failure === undefined ? [] : [codeOf(failure.error)],
  );
  if (codes.length > 0 && codes.every((code) => code === exitCodes.stale)) return exitCodes.stale;
  if (plan.summary.blocked > 0) codes.push(exitCodeOfBlocked(plan));
  const [code = exitCodes.done] = codes;
  return codes.every((other) => other === code) ? code : exitCodes.failed;
}

function codeOf(error: unknown): ExitCode {
  return error instanceof RunError ? exitCodeOfError(error) : exitCodes.failed;
}
