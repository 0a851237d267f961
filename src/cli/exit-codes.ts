import { RunError } from '../model/run-error.ts';

/** What the exit code of the process means; docs/exit-codes.md is the same table for users. */
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

/** The plan is no longer what one would plan now, or somebody else is at it: plan again, or try later. */
export function isStale(error: unknown): boolean {
  return error instanceof RunError && staleCodes.includes(error.code);
}

const staleCodes = ['EXT2206', 'EXT4206', 'EXT6004', 'EXT6005', 'EXT6103', 'EXT6104'];
