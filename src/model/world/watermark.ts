/**
 * The progress of reading of a table that continues from its extract. It is part of the record: rows that are not in
 * the extract are above it, or are found by the other marks.
 */
export interface Watermark {
  /** The cursor's columns, or the window's column. */
  columns: readonly string[];
  /**
   * The highest cursor that was read, one text for each column as the source writes it; absent while there is no row.
   */
  upTo?: readonly string[];
  /** The start of the window, as the source writes it. */
  from?: string;
  /** The same highest cursor as Hyper writes it, to recognize an extract that is not as we left it. */
  inExtract?: readonly (string | null)[];
  /**
   * For PostgreSQL tables: the oldest transaction that was still open when they were read. A row of an older one was
   * seen then.
   */
  horizon?: Horizon;
  /**
   * Marks of changes that a higher cursor does not show; if one differs there is something to read. The key names the
   * rows that a mark covers.
   */
  marks?: Readonly<Partial<Record<WatermarkPart, string>>>;
}

/** A transaction (64 bits as text), and the server and database it belongs to. */
export interface Horizon {
  transaction: string;
  system: string;
}

/**
 * `again`: the rows that are read again, within the lag, within the window, with NULL; `ties`: the rows at the highest
 * cursor, if no key and transaction identify a new one; `deletes`: the result of that query; `keys`: all primary keys.
 */
export type WatermarkPart = 'again' | 'ties' | 'deletes' | 'keys';

/** The report of a source about a table that continues from a watermark. */
export interface CursorObservation {
  /** The present highest cursor. */
  upTo?: readonly string[];
  /** The present start of the window. */
  from?: string;
  /** Late rows are found within a lag only: there is no key, or rows do not show their transactions. */
  missesLate?: true;
  /** The number of rows whose cursor is NULL; absent if there can be none. */
  nulls?: number;
  /** The comparison with the given watermark. Absent without one, or if counters say that nothing has changed. */
  since?: SinceWatermark;
}

export type SinceWatermark =
  /** It cannot be continued, with the reason: `it is another server or database than before`. */
  | { broken: string }
  | {
      /** The watermark less the lag: rows above this are read. */
      after?: readonly string[];
      /** Rows that will be read. */
      rows: number;
      /** The number of these rows above the watermark. */
      beyond: number;
      /** The number of these rows at the watermark itself, if they are read again. */
      ties?: number;
      /** Rows that the source has at or below `after`, where they are counted. */
      behind?: number;
      /** The number of these rows that are not above it and were committed late, or were changed. */
      late: number;
      /** The oldest transaction that was open when they were counted, if no row came late. */
      horizon?: Horizon;
      /** The present marks, of the same range as the watermark's. */
      marks: Readonly<Partial<Record<WatermarkPart, string>>>;
    };

/** The rows to read of a table that continues from its extract: fixed by the plan. */
export interface Increment {
  watermark: Watermark;
  /**
   * Present if the plan has found that no row came late: no other row must be looked for up to this, and the next
   * search begins with it. That spares a scan of the source.
   */
  horizon?: Horizon;
  /** Rows above this are read, up to and including `upTo`. */
  after?: readonly string[];
  upTo?: readonly string[];
  /** Rows of the window from here on are read. */
  from?: string;
}
