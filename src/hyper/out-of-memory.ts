import type pg from 'pg';
import { RunError } from '../model/errors/run-error.ts';
import { bytes } from '../model/base/numbers.ts';

/**
 * Hyper's states for a lack of its memory as a whole, and of that of one use. It has 53200, PostgreSQL's state for a lack of
 * memory, for a file that cannot grow.
 */
const memoryStates = new Set(['53S02', '53S03']);

/**
 * Returns the error for a statement that needed more memory than hyperd may use; undefined for another error. Whatever
 * hyperd was reading, writing or asked at the time has no part in it.
 */
export function outOfMemory({
  code = '',
  message,
}: Pick<pg.DatabaseError, 'code' | 'message'>): RunError | undefined {
  if (!memoryStates.has(code)) return undefined;
  const wanted = Number(/Cannot allocate (\d+) bytes/.exec(message)?.[1]);
  const limit = Number(/limit of (\d+) bytes/.exec(message)?.[1]);
  const amounts =
    Number.isNaN(wanted) || Number.isNaN(limit)
      ? ''
      : `: it needed ${bytes(wanted)} more, and may use ${bytes(limit)}`;
  return new RunError('EXT3022', `the Hyper engine has too little memory${amounts}`, {
    hint:
      'raise `limits: {memory: …}` in extracts.yaml, or build one extract at a time with `limits: {parallel: 1, builds: 1}`; ' +
      'Hyper holds 131,072 rows of a table at once, so long texts need that many times their length',
    cause: message,
  });
}
