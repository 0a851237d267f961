import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { patience, type Patience } from '../../aws/retry.ts';

/** The duration of leases and the limits of retrying requests. Times in milliseconds. */
export interface Pace {
  /** The time that a lease lasts after it was last renewed. */
  lease: number;
  /** The time between two renewals. */
  heartbeat: number;
  /**
   * The time before the end of its lease at which a holder that could not renew it gives up: its work under way ends
   * before others may begin.
   */
  margin: number;
  patience: Patience;
  /** Returns a time that never goes back, whatever happens to the machine's clock. */
  now(): number;
  pause(duration: number, signal: AbortSignal): Promise<void>;
}

export const pace: Pace = {
  lease: 120_000,
  heartbeat: 20_000,
  margin: 10_000,
  patience: { ...patience, silence: 10_000 },
  now: () => performance.now(),
  // The heartbeat must not keep the process alive.
  pause: (duration, signal) => pause(duration, undefined, { signal, ref: false }),
};
