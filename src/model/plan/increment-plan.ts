import type { Estimate } from '../world/observation.ts';

/** An extract that the new one begins as a copy of. */
export interface BasePlan {
  from: BaseOrigin;
  /** Tables that it has as they are wanted, but for their rows and for columns that can be changed in a copy. */
  tables: readonly string[];
  /** Of these, those whose columns are to be changed. */
  reshaped?: readonly Reshape[];
}

/** In this order: columns are renamed, then others are dropped. */
export interface Reshape {
  table: string;
  rename: readonly { from: string; to: string }[];
  drop: readonly string[];
}

/** `extract`: the staged one; else the package or the destination (by its place in the list) that it is still in. */
export interface BaseOrigin {
  kind: 'extract' | 'package' | 'destination';
  destination?: number;
}

/** What becomes of the tables of a base: with their rows, or without. */
export interface BaseFates {
  kept: readonly string[];
  emptied: readonly string[];
  reshaped?: readonly Reshape[];
}

/** How many files of each kind. */
export interface FileCounts {
  fresh: number;
  changed: number;
  gone: number;
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
  files?: FileCounts;
}
