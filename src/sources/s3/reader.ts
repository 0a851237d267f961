import type { S3Source } from '../../model/config/source.ts';
import type { Bucket } from './bucket.ts';
import type { Patience } from '../../aws/retry.ts';
import { createBudget, type Budget } from './budget.ts';

/** The parts that every request of one source needs. */
export interface Reader {
  source: S3Source;
  bucket: Bucket;
  patience: Patience;
  limits: Limits;
  /** Shared by all that read at the same time. */
  budget: Budget;
}

/** The most that may be under way or waiting in memory at once of the objects of one table. */
export interface Limits {
  requests: number;
  bytes: number;
  /** Larger objects are read in ranges of this size, side by side. */
  range: number;
}

/** Ranges of a few MiB reach what one connection to S3 gives; four of them keep ahead of hyperd. */
export const limits: Limits = { requests: 8, bytes: 16 * 2 ** 20, range: 4 * 2 ** 20 };

/**
 * The budget of the whole process, since memory is the process's: however many tables and pipelines are read at once,
 * they share what one of them could have. Each may exceed it by the one range that it is waiting for.
 */
export const processBudget = createBudget({ requests: 16, bytes: 16 * 2 ** 20 });
