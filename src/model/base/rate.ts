/**
 * A token bucket, kept as the one time at which it will be full again ("generic cell rate algorithm"). All who share that
 * time share the rate.
 */
export interface Rate {
  /** The milliseconds in which one token comes back. */
  interval: number;
  /** The tokens of a full bucket. */
  burst: number;
}

const hour = 3_600_000;

/**
 * The rate of at most `perHour` in any hour. A full bucket has the tokens of one minute, and in an hour only as many come back as
 * are missing: both together are never more than `perHour`.
 */
export function hourlyRate(perHour: number): Rate {
  const burst = Math.max(1, Math.floor(perHour / 60));
  // Rounded up: a token that comes back too early would be one too many.
  return { burst, interval: Math.ceil(hour / Math.max(1, perHour - burst)) };
}

/** The answer to one who wants a token. Times in milliseconds. */
export interface Turn {
  /** The time until there is a token; 0 if this one has been taken. */
  wait: number;
  /** The time at which the bucket will be full, to be kept in the place of the old one. */
  fullAt: number;
}

/** Takes a token, if there is one. `fullAt` is undefined for a bucket that was never used. */
export function takeToken({ interval, burst }: Rate, fullAt: number | undefined, now: number): Turn {
  // No bucket is emptier than empty: the clock may have gone back, or the rate may have been another one.
  const missing = Math.min(Math.max(0, (fullAt ?? now) - now), burst * interval);
  const wait = Math.max(0, missing - (burst - 1) * interval);
  return { wait, fullAt: now + missing + (wait === 0 ? interval : 0) };
}

/** Returns the least seconds for so many, if the bucket is full at the beginning. */
export function leastSeconds({ interval, burst }: Rate, count: number): number {
  return (Math.max(0, count - burst) * interval) / 1000;
}
