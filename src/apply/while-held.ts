import type { Lock } from '../model/ports/state-port.ts';
import type { Step } from '../model/plan/step.ts';
import type { ReportProgress } from './events.ts';

type Perform<Result> = (step: Step, report: ReportProgress, signal: AbortSignal) => Promise<Result>;

/** Aborts a step as soon as the lock is lost; the step then fails with the reason for the loss. */
export function whileHeld<Result>(lock: Lock, perform: Perform<Result>): Perform<Result> {
  return async (step, report, signal) => {
    try {
      return await perform(step, report, AbortSignal.any([signal, lock.lost]));
    } catch (error) {
      throw lock.lost.aborted ? lock.lost.reason : error;
    }
  };
}
