import type { Feed } from '../ports/feed.ts';

/** What is done to the rows of a table in a copy of its extract, in this order. */
export interface TableChanges {
  /** Rows with the same values in these columns as a row of the feed are deleted. */
  deletedKeys?: { columns: readonly string[]; feed: Feed };
  /** Rows are deleted whose value in this column is beyond a bound as the source writes it, or NULL. */
  deleteRange?: DeleteRange;
  /** New rows. */
  rows: Feed;
  /**
   * What becomes of a new row and one that is there with the same key: the new one takes its place, or it is left out.
   * Without it nothing is compared.
   */
  onConflict?: { key: readonly string[]; keep: 'new' | 'old' };
  /** All keys that the source has: rows with another key are deleted, and each of these must be there in the end. */
  keys?: { columns: readonly string[]; feed: Feed };
}

export interface DeleteRange {
  column: string;
  /** `after`: rows beyond it; `from`: also those at it. Absent: only NULL. */
  bound?: { kind: 'after' | 'from'; value: string };
  /** Rows with these values, as the source writes them, in these columns. */
  ties?: { columns: readonly string[]; values: readonly string[] };
  nulls: boolean;
}

/** What came of it. */
export interface Changed {
  /** That came from the source, whether or not they were new. */
  read: number;
  inserted: number;
  deleted: number;
  bytes: number;
  /** What the source says it sent. Absent where it does not count. */
  sent?: number;
}
