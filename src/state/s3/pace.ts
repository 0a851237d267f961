import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { patience, type Patience } from '../../aws/retry.ts';

/** How long leases last and how patient requests are. Times in milliseconds. */
export interface Pace {
  /** How long a lease lasts after it was last renewed. */
  lease: number;
  /** How often it is renewed. */
  heartbeat: number;
  /**
   * A holder that could not renew it gives up so long before its end: what is under way comes to an end
   * before others may begin.
   */
  margin: number;
  patience: Patience;
  /** Never goes back, whatever is done to the machine's clock. */
  now(): number;
  pause(duration: number, signal: AbortSignal): Promise<void>;
}

export const pace: Pace = {
  lease: 120_000,
  heartbeat: 20_000,
  margin: 10_000,
  patience: { ...patience, silence: 10_000 },
  now: () => performance.now(),
  // A heart that beats keeps nobody alive.
  pause: (duration, signal) => pause(duration, undefined, { signal, ref: false }),
};
