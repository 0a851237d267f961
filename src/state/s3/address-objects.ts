import type { Objects } from './objects.ts';
import type { Pace } from './pace.ts';
import type { Conditions } from './probe.ts';

/** One address in a bucket, and what is needed to work on it. */
export interface AddressObjects {
  objects: Objects;
  pace: Pace;
  address: string;
  /** Keys of the objects. */
  record: string;
  lease: string;
  /** Returns the known facts about the service; undefined where it was not probed, as when only a token is leased. */
  conditions(): Conditions | undefined;
  /** `s3://bucket/`, for messages. */
  shown: string;
  /** Ends what only looks, or takes a lock. */
  signal: AbortSignal;
}
