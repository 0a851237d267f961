import type { Lock } from '../model/ports/state-port.ts';
import type { Step } from '../model/plan/step.ts';
import type { ReportProgress } from './events.ts';

type Perform<Result> = (step: Step, tell: ReportProgress, signal: AbortSignal) => Promise<Result>;

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
