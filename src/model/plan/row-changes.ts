import type { Feed } from '../ports/feed.ts';

/** Changes to the rows of a table in a copy of its extract, in this order. */
export interface TableChanges {
  /** Rows with the same values in these columns as a row of the feed are deleted. */
  deletedKeys?: { columns: readonly string[]; feed: Feed };
  /** Deletes rows whose value in this column is beyond a bound as the source writes it, or NULL. */
  deleteRange?: DeleteRange;
  /** New rows. */
  rows: Feed;
  /**
   * The treatment of a new row whose key already exists: it replaces the old row, or is left out. If absent, keys are
   * not compared.
   */
  onConflict?: { key: readonly string[]; keep: 'new' | 'old'; highest?: Highest };
  /** All keys that the source has: rows with another key are deleted, and each of these must be there in the end. */
  keys?: { columns: readonly string[]; feed: Feed };
}

/** The highest value of a column in the extract before the changes, as Hyper writes it: rows above it are in no extract yet. */
export interface Highest {
  column: string;
  value: string;
}

export interface DeleteRange {
  column: string;
  /** `after`: rows above it; `from`: also those at it. If absent: only NULL. */
  bound?: { kind: 'after' | 'from'; value: string };
  /** Rows with these values, as the source writes them, in these columns. */
  ties?: { columns: readonly string[]; values: readonly string[] };
  nulls: boolean;
}

/** The result of the changes. */
export interface Changed {
  /** Rows that came from the source, whether or not they were new. */
  read: number;
  inserted: number;
  deleted: number;
  bytes: number;
  /** The number of rows that the source says it sent. Absent if it does not count. */
  sent?: number;
}
