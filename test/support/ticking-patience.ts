import type { Patience } from '../../src/aws/retry.ts';

/**
 * Returns patience by a separate clock, which only pauses move, so that nothing really waits. The pauses are 1, 2, 4,
 * 4, … ticks; the default gives up at the fourth failure in a row.
 */
export function tickingPatience(outage = 7): Patience {
  let time = 0;
  return {
    firstPause: 1,
    longestPause: 4,
    silence: 50_000,
    outage,
    now: () => time,
    pause: (longest, signal) => {
      signal.throwIfAborted();
      time += longest;
      return Promise.resolve();
    },
  };
}
