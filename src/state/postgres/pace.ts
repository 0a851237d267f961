import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** The duration of leases, and the limits of trying again. Times in milliseconds. */
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
  /** The pause before the second try, doubled for each further one up to `longestPause`. */
  firstPause: number;
  longestPause: number;
  /** The time after which a request without an answer is abandoned. */
  silence: number;
  /** The time after which a server that does not work is given up. */
  outage: number;
  /**
   * The time for which requests are gathered, for each lock that is held: many pipelines at once ask together, and one
   * alone hardly waits.
   */
  gather: number;
  mostGather: number;
  /** Returns a time that never goes back, whatever happens to the machine's clock. */
  now(): number;
  pause(duration: number, signal: AbortSignal): Promise<void>;
  /** The same for the heartbeat, which does not keep the process alive. */
  rest(duration: number, signal: AbortSignal): Promise<void>;
}

export const pace: Pace = {
  lease: 120_000,
  heartbeat: 20_000,
  margin: 10_000,
  firstPause: 100,
  longestPause: 5000,
  silence: 30_000,
  outage: 75_000,
  gather: 8,
  mostGather: 150,
  now: () => performance.now(),
  pause: (duration, signal) => pause(duration, undefined, { signal }),
  rest: (duration, signal) => pause(duration, undefined, { signal, ref: false }),
};
