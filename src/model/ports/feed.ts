import type { ColumnType } from '../config/column-type.ts';
import type { RunError } from '../errors/run-error.ts';

/**
 * The bytes of one table on their way into Hyper, which parses them by itself: rows never become JavaScript values.
 * A feed is one or more parts, each one COPY, so that an error names the file it came from.
 */
export interface Feed {
  parts: readonly FeedPart[];
}

export type FeedPart = StreamPart | PathPart;

interface PartBasics {
  /** What the user calls it, for progress and errors: `public.orders`, `data/orders_2024.csv`. */
  label: string;
  /** Names of extract columns, in the order of the bytes. Columns of the table that are missing here become NULL. */
  columns: readonly string[];
  /** Bytes that will be read, if known before. */
  size?: number;
  /**
   * Hyper refused a record. The part knows its source, so it can tell the file and line, and show the value; resolves
   * to the error to report. `record` is 1-based and counts data records only.
   */
  explain(refusal: Refusal): Promise<RunError>;
  /** The source failed while its bytes were flowing: its error in our words, or a promise of it where it is looked up. */
  translate(error: unknown): unknown;
}

/** Bytes through our process. `rows` is what the source says it sent, once the stream has ended. */
export interface StreamPart extends PartBasics {
  kind: 'stream';
  format: StreamFormat;
  /** With `most` the first records are enough: what comes after them is not looked at. */
  open(signal: AbortSignal, most?: number): Promise<ByteStream>;
  /** Another way to the same rows, after Hyper refused these bytes (a Refusal) or they failed (the error). */
  fallback?(why: unknown): StreamPart | undefined;
}

export interface ByteStream {
  bytes: Bytes;
  /** How many rows the source sent, known after the end; undefined where the source does not count. */
  rows(): number | undefined;
  /** Rows so far, where they are counted as they pass. */
  rowsSoFar?(): number;
  /** Bytes taken from the source so far, where they are not the ones that flow on: it is packed, or split. */
  taken?(): number;
}

/**
 * Bytes in order: a Readable, or something leaner. A chunk is the taker's until the next one is asked for;
 * then its memory may be written anew.
 */
export interface Bytes extends AsyncIterable<Buffer> {
  /** Ends it, for whoever waits for the next chunk too. */
  destroy(reason?: Error): unknown;
}

/**
 * PostgreSQL's COPY text format; CSV with comma, double quotes, no header and unquoted empty for NULL; or CSV
 * that says what it is.
 */
export type StreamFormat =
  | { type: 'text' }
  | { type: 'text'; delimiter: string; null: string; dateOrder: DateOrder }
  | { type: 'csv'; dateOrder: DateOrder }
  | WrittenCsv;

/** How dates that are not ISO are read: 1/2/2024. */
export type DateOrder = 'MDY' | 'DMY' | 'YMD';

/**
 * A file that hyperd opens by itself. With `stage` it is there only between that call and `release`, and what
 * it says of itself is known only then.
 */
export interface PathPart extends PartBasics {
  kind: 'path';
  path: string;
  stage?(signal: AbortSignal): Promise<StagedFile>;
  format: PathFormat;
  /** What the file says it holds, where it says. */
  rows?: number;
  /** Further columns with the same text in every row. */
  constants: readonly { column: string; text: string }[];
  /**
   * Reads the same bytes beside Hyper, which changes without a word what it cannot keep. Resolves to the number of
   * records, or to undefined after the first `until()` of them; fails with the first problem.
   */
  check?(signal: AbortSignal, until: () => number): Promise<number | undefined>;
  /** The same rows through our process, for a look at the first of them. */
  asStream?: StreamPart;
  /** Another way to read the same file, after Hyper refused it (a Refusal) or the check failed (the error). */
  fallback(why: unknown): StreamPart | undefined;
}

export interface StagedFile {
  format: PathFormat;
  /** Those of the part that the file has. */
  columns?: readonly string[];
  rows?: number;
  release(): Promise<void>;
}

export type PathFormat =
  /** For each of the part's columns. */
  | { type: 'parquet'; columns: readonly ParquetValue[] }
  | { type: 'text'; delimiter: string; null: string; dateOrder: DateOrder }
  | WrittenCsv;

/** CSV as people write it, as far as hyperd reads it. */
export interface WrittenCsv {
  type: 'csv';
  header: boolean;
  delimiter: string;
  quote: string;
  escape: string;
  null: string;
  encoding: 'utf-8';
  dateOrder: DateOrder;
  /** Columns in which a quoted null string means NULL too. */
  forceNull: readonly string[];
}

/** A column of a Parquet file on its way into a column of the extract. */
export interface ParquetValue {
  /** What the file calls it. */
  name: string;
  /** The type as which Hyper reads it. */
  type: ColumnType;
  /** Makes an SQL expression of its quoted name, where a COPY would change values or refuse. */
  select?: (column: string) => string;
}

/** Why Hyper refused: its words, the record if it named one, and the extract column if it named one. */
export interface Refusal {
  message: string;
  /** What Hyper adds to its words. */
  detail?: string;
  record?: number;
  column?: string;
}
