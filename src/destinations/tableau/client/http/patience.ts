import { RunError } from '../../../../model/errors/run-error.ts';
import { Refused } from './answer.ts';
import { Lost } from './lost.ts';

/** How long the work behind an unclear call is waited for; a busy server may go on after its answer was lost. */
export const patienceSeconds = 120;

/**
 * Whether an error says nothing about what was asked, and asking later may answer it: the connection, a server that
 * is busy, or a session that another program has ended.
 */
export function isPassing(error: unknown): boolean {
  if (error instanceof Lost) return !error.isTls;
  if (error instanceof Refused) return error.status >= 500 || error.status === 429 || error.status === 408;
  return error instanceof RunError && error.code === 'EXT5105';
}
