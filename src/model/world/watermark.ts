/**
 * How far a table has been read that goes on from its extract. Part of the record: what is not in the extract is beyond
 * it, or is found by the other marks.
 */
export interface Watermark {
  /** The cursor's columns, or the window's column. */
  columns: readonly string[];
  /**
   * The highest cursor that was read, one text for each column as the source writes it; absent while there is
   * no row.
   */
  upTo?: readonly string[];
  /** Where the window began, as the source writes it. */
  from?: string;
  /** That highest cursor as Hyper writes it, so that an extract that is not as we left it is seen. */
  inExtract?: readonly (string | null)[];
  /**
   * Of PostgreSQL tables: the oldest transaction that was not over when they were read. A row of an older one
   * was seen then.
   */
  horizon?: Horizon;
  /** Of what a higher cursor does not tell; where one differs there is something to read. By what it is of. */
  marks?: Readonly<Partial<Record<WatermarkPart, string>>>;
}

/** A transaction (64 bits as text), and the server and database it belongs to. */
export interface Horizon {
  transaction: string;
  system: string;
}

/**
 * `again`: the rows that are read again, within the lag, within the window, with NULL; `ties`: the rows at the highest
 * cursor, where no key and transaction tell of another one; `deletes`: the answer
 * of that query; `keys`: all primary keys.
 */
export type WatermarkPart = 'again' | 'ties' | 'deletes' | 'keys';

/** What a source tells of a table that goes on from a watermark. */
export interface CursorObservation {
  /** The highest cursor that there is now. */
  upTo?: readonly string[];
  /** Where the window begins now. */
  from?: string;
  /** Rows that are committed late are found within a lag only: there is no key, or rows do not tell their transactions. */
  missesLate?: true;
  /** Rows whose cursor is NULL; absent where there can be none. */
  nulls?: number;
  /** Against the watermark that was given. Absent without one, or where counters say that nothing has changed. */
  since?: SinceWatermark;
}

export type SinceWatermark =
  /** It cannot be gone on from, and why: `it is another server or database than before`. */
  | { broken: string }
  | {
      /** The watermark less the lag: rows beyond this are read. */
      after?: readonly string[];
      /** Rows that will be read. */
      rows: number;
      /** Of them, those beyond the watermark. */
      beyond: number;
      /** Of them, those at the watermark itself, where they are read again. */
      ties?: number;
      /** Rows that the source has at or below `after`, where they are counted. */
      behind?: number;
      /** Of them, those that are not beyond it and were committed late, or are changed. */
      late: number;
      /** The oldest transaction that was not over when they were counted, where none came late. */
      horizon?: Horizon;
      /** As they are now, of the same range as the watermark's. */
      marks: Readonly<Partial<Record<WatermarkPart, string>>>;
    };

/** What is read of a table that goes on from its extract: fixed by the plan. */
export interface Increment {
  watermark: Watermark;
  /**
   * Where the plan has found that no row came late: up to this no other has to be looked for, and with it the next look
   * begins. That spares a scan of the source.
   */
  horizon?: Horizon;
  /** Rows beyond this are read, up to and with `upTo`. */
  after?: readonly string[];
  upTo?: readonly string[];
  /** Rows of the window from here on are read. */
  from?: string;
}
