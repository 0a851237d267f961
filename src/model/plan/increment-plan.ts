import type { Estimate } from '../world/observation.ts';

/** An extract that the new one begins as a copy of. */
export interface BasePlan {
  from: BaseOrigin;
  /** Tables that it has as they are wanted, but for their rows and for columns that can be changed in a copy. */
  tables: readonly string[];
  /** The tables among these whose columns change. */
  reshaped?: readonly Reshape[];
}

/** Changes of columns in this order: some are renamed, then others are dropped. */
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

/** The tables of a base that are kept, with their rows or without. */
export interface BaseFates {
  kept: readonly string[];
  emptied: readonly string[];
  reshaped?: readonly Reshape[];
}

/** The number of files of each kind. */
export interface FileCounts {
  fresh: number;
  changed: number;
  gone: number;
}

/** The part of a table to read if it continues from its extract. Bounds are texts as the source writes them. */
export interface IncrementPlan {
  mode: 'append' | 'upsert' | 'replace_window' | 'append by file';
  /** The cursor, the window's column, or the one that names files. */
  columns: readonly string[];
  /** Rows above this are read, up to and including `upTo`. */
  after?: readonly string[];
  upTo?: readonly string[];
  /** Rows from here on are deleted and read again. */
  from?: string;
  /** The rows to read. */
  rows?: Estimate;
  bytes?: Estimate;
  /** The number of these rows that are found by their transaction and not by the cursor. */
  late?: number;
  files?: FileCounts;
}
