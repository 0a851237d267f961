import type { ColumnType } from '../config/column-type.ts';
import type { RunError } from '../errors/run-error.ts';

/**
 * The bytes of one table on their way into Hyper, which parses them itself: rows never become JavaScript values. A feed
 * is one or more parts, each one COPY, so that an error names the file it came from.
 */
export interface Feed {
  parts: readonly FeedPart[];
}

export type FeedPart = StreamPart | PathPart;

interface PartBasics {
  /** The user's name for it, for progress and errors: `public.orders`, `data/orders_2024.csv`. */
  label: string;
  /** Names of extract columns, in the order of the bytes. Columns of the table that are missing here become NULL. */
  columns: readonly string[];
  /** Bytes that will be read, if known before. */
  size?: number;
  /**
   * Explains why Hyper refused a record. The part knows its source, so it can name the file and line, and show the
   * value; resolves to the error to report. `record` is 1-based and counts data records only.
   */
  explain(refusal: Refusal): Promise<RunError>;
  /** Translates an error of the source while its bytes were flowing; returns a promise if it must look something up. */
  translate(error: unknown): unknown;
}

/**
 * Bytes that flow through our process. `rows` is the number that the source says it sent, once the stream has ended.
 */
export interface StreamPart extends PartBasics {
  kind: 'stream';
  format: StreamFormat;
  /** True if its bytes are whole records and nothing else: those of another part of the same format may follow them. */
  isJoinable?: boolean;
  /** Opens the stream. With `most` the first records are enough: the rest is not read. */
  open(signal: AbortSignal, most?: number): Promise<ByteStream>;
  /** Another way to the same rows, after Hyper refused these bytes (a Refusal) or they failed (the error). */
  fallback?(why: unknown): StreamPart | undefined;
}

export interface ByteStream {
  bytes: Bytes;
  /** Returns the number of rows that the source sent, known after the end; undefined if the source does not count. */
  rows(): number | undefined;
  /** Rows so far, where they are counted as they pass. */
  rowsSoFar?(): number;
  /**
   * Returns the bytes taken from the source so far, if they differ from the bytes that flow: it is packed, or split.
   */
  taken?(): number;
}

/**
 * Bytes in order: a Readable, or something leaner. A chunk belongs to the consumer until the next one is requested;
 * then its memory may be reused.
 */
export interface Bytes extends AsyncIterable<Buffer> {
  /** Ends the stream, also for a consumer that waits for the next chunk. */
  destroy(reason?: Error): unknown;
}

/**
 * PostgreSQL's COPY text format; CSV with comma, double quotes, no header and unquoted empty for NULL; or CSV with
 * options of its own.
 */
export type StreamFormat =
  | { type: 'text' }
  | { type: 'text'; delimiter: string; null: string; dateOrder: DateOrder }
  | { type: 'csv'; dateOrder: DateOrder }
  | WrittenCsv;

/** The order of the parts in dates that are not ISO: 1/2/2024. */
export type DateOrder = 'MDY' | 'DMY' | 'YMD';

/**
 * A file that hyperd opens itself. With `stage` it exists only between that call and `release`, and its own facts are
 * known only then.
 */
export interface PathPart extends PartBasics {
  kind: 'path';
  path: string;
  stage?(signal: AbortSignal): Promise<StagedFile>;
  format: PathFormat;
  /** The number of rows that the file declares, if it does. */
  rows?: number;
  /** Further columns with the same text in every row. */
  constants: readonly { column: string; text: string }[];
  /**
   * Reads the same bytes in parallel to Hyper, which silently changes values that it cannot hold. Resolves to the
   * number of records, or to undefined after the first `until()` of them; fails with the first problem.
   */
  check?(signal: AbortSignal, until: () => number): Promise<number | undefined>;
  /** The same rows as a stream through our process, to preview the first of them. */
  asStream?: StreamPart;
  /** Another way to read the same file, after Hyper refused it (a Refusal) or the check failed (the error). */
  fallback(why: unknown): StreamPart | undefined;
}

export interface StagedFile {
  format: PathFormat;
  /** The columns of the part that the file has. */
  columns?: readonly string[];
  rows?: number;
  release(): Promise<void>;
}

export type PathFormat =
  /** The kind of value for each of the part's columns. */
  | { type: 'parquet'; columns: readonly ParquetValue[] }
  | { type: 'text'; delimiter: string; null: string; dateOrder: DateOrder }
  | WrittenCsv;

/** CSV as users write it, as far as hyperd reads it. */
export interface WrittenCsv {
  type: 'csv';
  header: boolean;
  delimiter: string;
  quote: string;
  escape: string;
  null: string;
  encoding: 'utf-8';
  dateOrder: DateOrder;
  /** Columns in which a quoted null string means NULL, too. */
  forceNull: readonly string[];
}

/** A column of a Parquet file on its way into a column of the extract. */
export interface ParquetValue {
  /** The name in the file. */
  name: string;
  /** The type as which Hyper reads it. */
  type: ColumnType;
  /** Makes an SQL expression of its quoted name, where a COPY would change values or refuse. */
  select?: (column: string) => string;
}

/** A refusal of Hyper: its message, the record if it named one, and the extract column if it named one. */
export interface Refusal {
  message: string;
  /** The detail that Hyper adds to its message. */
  detail?: string;
  record?: number;
  column?: string;
}
