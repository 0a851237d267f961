import type { Lock } from '../model/ports.ts';
import type { Run } from './run.ts';

/** Ends a step as soon as the lock is lost, whatever it does; it then fails with that as the reason. */
export function whileHeld(lock: Lock, perform: Run['perform']): Run['perform'] {
  return async (step, tell, signal) => {
    try {
      return await perform(step, tell, AbortSignal.any([signal, lock.lost]));
    } catch (error) {
      throw lock.lost.aborted ? lock.lost.reason : error;
    }
  };
}
