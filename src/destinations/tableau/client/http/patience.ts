import { RunError } from '../../../../model/errors/run-error.ts';
import { Refused } from './answer.ts';
import { Lost } from './lost.ts';

/** The seconds to wait for the work behind an unclear call; a busy server may continue after its answer was lost. */
export const patienceSeconds = 120;

/**
 * Returns true if an error gives no answer to the request, and asking later may give one: a lost connection, a busy
 * server, or a session that another program has ended.
 */
export function isPassing(error: unknown): boolean {
  if (error instanceof Lost) return error.lasting === undefined;
  if (error instanceof Refused) return error.status >= 500 || error.status === 429 || error.status === 408;
  return error instanceof RunError && error.code === 'EXT5105';
}
