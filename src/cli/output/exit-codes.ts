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
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
