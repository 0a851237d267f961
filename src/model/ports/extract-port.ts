import type { CheckResult } from '../config/check.ts';
import type { Changed, TableChanges } from '../plan/row-changes.ts';
import type { Feed, FeedPart } from './feed.ts';
import type { Reshape } from '../plan/increment-plan.ts';
import type { Lag } from '../config/load-mode.ts';
import type { ExtractObservation } from '../world/observation.ts';
import type { Extract, Relationship, Table } from '../config/pipeline.ts';

/** The columns by which a table goes on, and how far behind their highest value its rows are read again. */
export interface ExtractCursor {
  columns: readonly string[];
  lag?: Lag;
}

/** The engine that writes and reads .hyper files. */
export interface ExtractPort {
  /**
   * Returns what is at a path, with the mark that it was left with where it was only touched since.
   */
  observe(file: string, signal: AbortSignal, asked?: AskedOfExtract): Promise<ExtractObservation>;
  /**
   * Starts a new file beside `extract.file`; nothing is seen at that place before `finish`. With a base it is a copy of
   * that, in which some tables are as they were.
   */
  build(
    extract: Extract,
    tables: readonly Table[],
    signal: AbortSignal,
    base?: ExtractBase,
  ): Promise<ExtractBuild>;
  /** The first rows of a feed as they would land, as the text that Hyper prints. */
  preview(table: Table, feed: Feed, rows: number, signal: AbortSignal): Promise<(string | null)[][]>;
  /**
   * The rows of a finished extract in files of at most `most` bytes, one after the other; the extract itself
   * where it is no larger. Which rows go together follows from their content alone. A file is there until the
   * next is asked for.
   */
  split(file: string, most: number, signal: AbortSignal): AsyncIterable<Portion>;
  close(): Promise<void>;
}

export interface AskedOfExtract {
  /** Columns whose highest values are wanted, by table. */
  cursors?: Readonly<Record<string, ExtractCursor>>;
  /**
   * A file that is still so is not opened: it takes the engine longer than everything else that is looked at for a
   * pipeline.
   */
  known?: { size: number; modified: string } | undefined;
  /** As the last apply left it. */
  left?: { size: number; modified: string; content?: string } | undefined;
}

/** An extract to go on from. It is only read. */
export interface ExtractBase {
  /** A .hyper file, or what writes one to a path where there is none yet. */
  from: { path: string } | { unpack: (to: string) => Promise<void> };
  /** Tables that go on from what they are. */
  kept: readonly string[];
  /** Tables that are what they were but for their rows. Any others are made anew. */
  emptied: readonly string[];
  /** Of these tables, those whose columns are changed first. */
  reshaped?: readonly Reshape[];
  /** Size and rows of the file when it was written as a whole: more bytes per row than then are waste. */
  compact?: { size: number; rows: number };
}

export interface Portion {
  path: string;
  size: number;
  rows: number;
  /** Of the whole extract. */
  rowsInAll: number;
  /** Of tables, columns and rows: the same for the same rows, in whatever order and file they stand. */
  digest: string;
}

export interface ExtractBuild {
  /** Loads the parts of a feed in their order. Resolves to the rows that Hyper took; fails with the error of a part. */
  load(
    table: Table,
    parts: readonly FeedPart[],
    progress: LoadProgress,
    signal: AbortSignal,
  ): Promise<Loaded>;
  /** Changes a table that the base has. */
  change(table: Table, changes: TableChanges, progress: LoadProgress, signal: AbortSignal): Promise<Changed>;
  /** Asks what was loaded the checks of all tables, in their order. Changes nothing. */
  check(given: CheckGiven, signal: AbortSignal): Promise<CheckResult[]>;
  /** Keeps what was built, whole and readable, beside its place. To be abandoned all the same. */
  keepRejected(): Promise<void>;
  /** Fails with EXT3012 if two rows of one of these tables have the same primary key. Comes before `finish`. */
  verifyKeys(tables: readonly string[], signal: AbortSignal): Promise<void>;
  /** Declares keys, detaches, verifies, makes durable, and after `confirm` renames into place. */
  finish(
    keys: readonly Relationship[],
    expectedRows: Readonly<Record<string, number>>,
    confirm?: () => Promise<void>,
  ): Promise<BuiltExtract>;
  /** Removes what was begun. Safe to call after anything, also twice. */
  abandon(): Promise<void>;
}

/** Bytes since the last call, and all rows of the table so far where they are counted. */
export type LoadProgress = (bytes: number, rows?: number) => void;

export interface Loaded {
  rows: number;
  bytes: number;
  /** What the source says it sent: the same number. Absent where the source does not count. */
  sent?: number;
}

/** What checks compare with beside the extract. */
export interface CheckGiven {
  /** Rows of the tables at the last apply. */
  lastRows: Readonly<Record<string, number>>;
  now: Date;
}

export interface BuiltExtract {
  path: string;
  size: number;
  modified: string;
  /** SHA-256 of the file; absent of one that an earlier version built. */
  content?: string;
  rows: Readonly<Record<string, number>>;
  /** The highest cursors, of tables that have one. */
  highest?: Readonly<Record<string, readonly (string | null)[]>>;
  /** It was written as a whole, or made compact: there is no waste in it. */
  isCompact?: boolean;
  /** Of a package: the extract that was put into it. */
  inside?: BuiltExtract;
}
