import type { S3Source } from '../../model/pipeline.ts';
import type { Bucket } from './bucket.ts';
import type { Patience } from '../../aws/retry.ts';

/** What every request of one source needs. */
export interface Reader {
  source: S3Source;
  bucket: Bucket;
  patience: Patience;
  limits: Limits;
}

/** How much of the objects of one table may be under way or waiting in memory at once. */
export interface Limits {
  requests: number;
  bytes: number;
  /** Larger objects are read in ranges of this size, side by side. */
  range: number;
}

/**
 * Four tables at once, which is the default, then hold 64 MiB. Ranges of a few MiB reach what one connection to S3 gives;
 * four of them keep ahead of hyperd.
 */
export const limits: Limits = { requests: 8, bytes: 16 * 2 ** 20, range: 4 * 2 ** 20 };
