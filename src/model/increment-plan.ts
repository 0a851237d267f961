import type { Estimate } from './observation.ts';

/** An extract that the new one begins as a copy of. */
export interface BasePlan {
  /** `extract`: the staged one; else the package or the destination that it is still in. */
  from: { kind: 'extract' } | { kind: 'package' } | { kind: 'destination'; destination: number };
  /** Tables that it has as they are wanted, but for their rows. */
  tables: readonly string[];
}

/** What is read of a table that goes on from its extract. Bounds are texts as the source writes them. */
export interface IncrementPlan {
  mode: 'append' | 'upsert' | 'replace_window' | 'append by file';
  /** The cursor, the window's column, or the one that names files. */
  columns: readonly string[];
  /** Rows beyond this are read, up to and with `upTo`. */
  after?: readonly string[];
  upTo?: readonly string[];
  /** Rows from here on are deleted and read again. */
  from?: string;
  /** That are read. */
  rows?: Estimate;
  bytes?: Estimate;
  /** Of them, those that are found by their transaction and not by the cursor. */
  late?: number;
  files?: { fresh: number; changed: number; gone: number };
}
