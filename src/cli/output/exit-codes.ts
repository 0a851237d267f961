import type { FailureClass } from '../../model/errors/failure-class.ts';

/** The exit codes of the process; docs/exit-codes.md is the same table for users. */
export const exitCodes = {
  done: 0,
  failed: 1,
  changes: 2,
  blocked: 3,
  stale: 4,
  usage: 64,
  configuration: 65,
  bug: 70,
  /** EX_TEMPFAIL of sysexits.h: the same command may succeed later. */
  retry: 75,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Returns the exit code of several ends: that of an interruption if there is one, else the most severe. */
export function exitCodeOfAll(codes: readonly ExitCode[]): ExitCode {
  return byWeight.find((one) => codes.includes(one)) ?? exitCodes.done;
}

const byWeight: readonly ExitCode[] = [
  exitCodes.terminated,
  exitCodes.interrupted,
  exitCodes.bug,
  exitCodes.configuration,
  exitCodes.usage,
  exitCodes.failed,
  exitCodes.blocked,
  exitCodes.stale,
  exitCodes.retry,
];

export const exitCodeOfClass: Readonly<Record<FailureClass, ExitCode>> = {
  internal: exitCodes.bug,
  permanent: exitCodes.failed,
  gate: exitCodes.blocked,
  stale: exitCodes.stale,
  busy: exitCodes.retry,
  transient: exitCodes.retry,
};
