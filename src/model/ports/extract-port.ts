import type { CheckResult } from '../config/check.ts';
import type { Changed, TableChanges } from '../plan/row-changes.ts';
import type { Feed, FeedPart } from './feed.ts';
import type { Reshape } from '../plan/increment-plan.ts';
import type { Lag } from '../config/load-mode.ts';
import type { ExtractObservation } from '../world/observation.ts';
import type { Extract, Relationship, Table } from '../config/pipeline.ts';

/** The cursor columns of a table, and the distance below their highest value that is read again. */
export interface ExtractCursor {
  columns: readonly string[];
  lag?: Lag;
  /** No one asks how many rows are at the highest or within the lag. */
  isHighestEnough?: true;
}

/** The engine that writes and reads .hyper files. */
export interface ExtractPort {
  /** Starts the engine before it is needed. Does not wait; its first user hears why it does not start. */
  prepare(): void;
  /**
   * Returns what is at a path, with the mark that it was left with where it was only touched since.
   */
  observe(file: string, signal: AbortSignal, asked?: AskedOfExtract): Promise<ExtractObservation>;
  /**
   * Starts a new file beside `extract.file`; nothing appears at that place before `finish`. With a base it is a copy of
   * that, in which some tables keep their rows.
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
   * Yields the rows of a finished extract in files of at most `most` bytes, one after the other; the extract itself if
   * it is no larger. The grouping of rows follows from their content alone. A file exists until the next is requested.
   */
  split(file: string, most: number, signal: AbortSignal): AsyncIterable<Portion>;
  close(): Promise<void>;
}

export interface AskedOfExtract {
  /** Columns whose highest values are wanted, by table. */
  cursors?: Readonly<Record<string, ExtractCursor>>;
  /**
   * A file that is still like this is not opened: opening takes the engine longer than all other observations of a
   * pipeline.
   */
  known?: { size: number; modified: string } | undefined;
  /** The file as the last apply left it. */
  left?: { size: number; modified: string; content?: string } | undefined;
}

/** An extract to continue from. It is only read. */
export interface ExtractBase {
  /** A .hyper file, or a function that writes one to a path where no file exists yet. */
  from: { path: string } | { unpack: (to: string) => Promise<void> };
  /** Tables that continue with their rows. */
  kept: readonly string[];
  /** Tables that are kept without their rows. Any others are created again. */
  emptied: readonly string[];
  /** The tables among these whose columns are changed first. */
  reshaped?: readonly Reshape[];
  /** Size and rows of the file when it was written as a whole: more bytes per row than then are waste. */
  compact?: { size: number; rows: number };
}

export interface Portion {
  path: string;
  size: number;
  rows: number;
  /** The number of rows of the whole extract. */
  rowsInAll: number;
  /** A digest of tables, columns and rows: equal for the same rows, in any order and file. */
  digest: string;
}

export interface ExtractBuild {
  /**
   * Loads the parts of a feed in their order. Resolves to the rows that Hyper accepted; fails with the error of a part.
   */
  load(
    table: Table,
    parts: readonly FeedPart[],
    progress: LoadProgress,
    signal: AbortSignal,
  ): Promise<Loaded>;
  /** Changes a table that the base has. */
  change(table: Table, changes: TableChanges, progress: LoadProgress, signal: AbortSignal): Promise<Changed>;
  /** Runs the checks of all tables on the loaded rows, in their order. Changes nothing. */
  check(given: CheckGiven, signal: AbortSignal): Promise<CheckResult[]>;
  /** Keeps what was built, whole and readable, beside its place. To be abandoned all the same. */
  keepRejected(): Promise<void>;
  /** Fails with EXT3012 if two rows of one of these tables have the same primary key. Comes before `finish`. */
  verifyKeys(tables: readonly string[], signal: AbortSignal): Promise<void>;
  /** Declares keys, detaches, verifies, makes durable, and after `confirm` renames into place. */
  finish(
    keys: readonly Relationship[],
    expectedRows: Readonly<Record<string, number>>,
    finishing?: Finishing,
  ): Promise<BuiltExtract>;
  /** Removes what was begun. Safe to call after anything, also twice. */
  abandon(): Promise<void>;
}

/** The calls that the last part of a build makes back. */
export interface Finishing {
  confirm: () => Promise<void>;
  /** Hears what is being done. */
  doing: (text: string) => void;
}

/** Bytes since the last call, and all rows of the table so far where they are counted. */
export type LoadProgress = (bytes: number, rows?: number) => void;

export interface Loaded {
  rows: number;
  bytes: number;
  /** The number that the source says it sent: the same. Absent if the source does not count. */
  sent?: number;
}

/** The values that checks compare with, besides the extract. */
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
  /** It was written as a whole, or compacted: it holds no unused space. */
  isCompact?: boolean;
  /** For a package: the extract inside it. */
  inside?: BuiltExtract;
}
