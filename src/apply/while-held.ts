import type { Lock } from '../model/ports.ts';
import type { Step } from '../model/plan.ts';
import type { Tell } from './events.ts';

type Perform<Result> = (step: Step, tell: Tell, signal: AbortSignal) => Promise<Result>;

/** Ends a step as soon as the lock is lost, whatever it does; it then fails with that as the reason. */
export function whileHeld<Result>(lock: Lock, perform: Perform<Result>): Perform<Result> {
  return async (step, tell, signal) => {
    try {
      return await perform(step, tell, AbortSignal.any([signal, lock.lost]));
    } catch (error) {
      throw lock.lost.aborted ? lock.lost.reason : error;
    }
  };
}
