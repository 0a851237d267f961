import type { CheckResult } from './check.ts';
import type { Changed, TableChanges } from './changes.ts';
import type { Place } from './diagnostic.ts';
import type { Feed, FeedPart } from './feed.ts';
import type {
  AppliedDestination,
  AppliedRecord,
  DestinationObservation,
  ExtractObservation,
  Fingerprint,
  SourceObservation,
  TemplateObservation,
} from './observation.ts';
import type { Destination, Extract, Relationship, Table } from './pipeline.ts';
import type { Increment, Watermark } from './watermark.ts';

/** A source that is reachable. Observing never changes anything; reading sees one moment for all tables. */
export interface SourcePort {
  /** What the source has for each table. `before` is what was applied last, for fingerprints that need it. */
  observe(
    tables: readonly SourceRequest[],
    signal: AbortSignal,
    tell?: (progress: string) => void,
  ): Promise<SourceObservation[]>;
  /** Makes a table whole whose columns are not all written (`columnsFrom`). Comes before anything else of it. */
  columns?(table: Table, signal: AbortSignal): Promise<Table>;
  /**
   * The answer to a query, at most `most` rows of it, as the texts that the source prints. Asked at one moment, in a way that
   * can change nothing.
   */
  items?(question: ItemsQuery, signal: AbortSignal): Promise<ItemsAnswer>;
  /** Opens one consistent view for reading these tables. Fails if the source no longer fits the contract. */
  snapshot(tables: readonly Table[], signal: AbortSignal): Promise<Snapshot>;
  close(): Promise<void>;
}

export interface ItemsQuery {
  sql: string;
  most: number;
  /** Where it is written. */
  place: Place;
}

export interface ItemsAnswer {
  columns: readonly string[];
  rows: readonly (readonly (string | null)[])[];
}

export interface SourceRequest {
  table: Table;
  before: Fingerprint | undefined;
  /** All of it will be read, whatever was applied: what was found in order last time need not be. */
  redefined?: boolean;
  /** How far it has been read, where it could go on from there. */
  watermark?: Watermark;
}

/** Tables of one source at one moment. */
export interface Snapshot {
  /** `most`: no more rows than this are wanted, where the source can tell its own side. */
  feed(table: Table, signal: AbortSignal, most?: number): Promise<Feed>;
  /** What has changed in a table since it was read last, of sources that can tell. `before` is what was applied. */
  changes?(
    table: Table,
    increment: Increment,
    before: Fingerprint | undefined,
    signal: AbortSignal,
  ): Promise<TableChanges>;
  /** How far a table is read now: with an increment up to its end, else all of it. */
  watermark?(table: Table, increment: Increment | undefined, signal: AbortSignal): Promise<Watermark>;
  /** After a table was read: fails if what was read is not one moment of it. */
  confirm(table: Table): Promise<void>;
  /** Taken just before the snapshot: data committed in between is read again next time, never missed. */
  fingerprint(table: Table): Fingerprint | undefined;
  end(): Promise<void>;
}

/** The engine that writes and reads .hyper files. */
export interface ExtractPort {
  /** `cursors`: columns whose highest values are wanted, by table. */
  observe(
    file: string,
    signal: AbortSignal,
    cursors?: Readonly<Record<string, readonly string[]>>,
  ): Promise<ExtractObservation>;
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
   * The rows of a finished extract in files of at most `most` bytes, one after the other; the extract itself where it is
   * no larger. Which rows go together follows from their content alone. A file is there until the next is asked for.
   */
  split(file: string, most: number, signal: AbortSignal): AsyncIterable<Portion>;
  close(): Promise<void>;
}

/** An extract to go on from. It is only read. */
export interface ExtractBase {
  /** A .hyper file, or what writes one to a path where there is none yet. */
  from: { path: string } | { unpack: (to: string) => Promise<void> };
  /** Tables that go on from what they are. */
  kept: readonly string[];
  /** Tables that are what they were but for their rows. Any others are made anew. */
  emptied: readonly string[];
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
  /** Declares keys, detaches, verifies, makes durable and renames into place. */
  finish(
    keys: readonly Relationship[],
    expectedRows: Readonly<Record<string, number>>,
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
  rows: Readonly<Record<string, number>>;
  /** The highest cursors, of tables that have one. */
  highest?: Readonly<Record<string, readonly (string | null)[]>>;
  /** It was written as a whole, or made compact: there is no waste in it. */
  isCompact?: boolean;
  /** Of a package: the extract that was put into it. */
  inside?: BuiltExtract;
}

/** The data source that an extract is put into. */
export interface TemplatePort {
  /** The template, and whether the extract that the pipeline promises will fit. Reads no extract. */
  observe(signal: AbortSignal): Promise<TemplateObservation>;
  /**
   * Puts the extract into a package and stages that. Fails if the template is not the one with this hash any more. The
   * file of the template itself is only read.
   */
  package(extract: BuiltExtract, sha256: string, signal: AbortSignal): Promise<BuiltExtract>;
  /** Writes the extract that is in a package of ours to a path where there is no file yet. */
  unpack(packed: string, to: string, signal: AbortSignal): Promise<void>;
}

export interface DestinationPort {
  /** `last` is what was delivered last, by which it is found again where its name has changed. */
  observe(last: AppliedDestination | undefined, signal: AbortSignal): Promise<DestinationObservation>;
  /**
   * Writes the finished extract. All or nothing: on failure what was there before still is. `progress` hears of bytes
   * as they are written, each once. `last` is what was delivered last.
   */
  write(
    extract: BuiltExtract,
    progress: (bytes: number) => void,
    signal: AbortSignal,
    last?: AppliedDestination,
  ): Promise<Delivered>;
  /** Sets what describes the delivered extract, where the destination has such things; nothing else changes. */
  describe?(last: AppliedDestination, signal: AbortSignal): Promise<Delivered>;
  /** Whether what was delivered last is there as we left it. */
  standing(last: AppliedDestination, signal: AbortSignal): Promise<Standing>;
  /** Deletes what was delivered last if it is there as we left it, else nothing; resolves to how it was found. */
  remove(last: AppliedDestination, signal: AbortSignal): Promise<Standing>;
}

/** What became of what was delivered last: `changed` by somebody else, or `gone`. */
export type Standing = 'ours' | 'changed' | 'gone';

/** What the record keeps of a delivery: enough to see later whether something else has changed it. */
export type Delivered = AppliedDestination;

/** Where records are kept, one per address. Everybody may read; who writes holds the lock of the address. */
export interface StatePort {
  read(address: string): Promise<StoredRecord | undefined>;
  /** The addresses of which something is kept, sorted. One that is being applied for the first time may have no record yet. */
  list(): Promise<readonly string[]>;
  /** Takes the lock of an address or fails at once, saying who holds it (EXT6004). */
  lock(address: string): Promise<Lock>;
  /** Who holds the lock of an address; undefined when nobody does. */
  holder(address: string): Promise<LockHolder | undefined>;
  /** Takes the lock away from whoever holds it. That run can record nothing any more, and hears of it. */
  breakLock(address: string): Promise<void>;
  /** Notes that a run of several pipelines has begun. What it applies is recorded with its id. */
  beginRun(run: BegunRun): Promise<void>;
  /** Removes the note: the run has ended, or another has taken its place. */
  endRun(id: string): Promise<void>;
  /** Runs that have begun and did not end, those that were interrupted and those under way. */
  openRuns(): Promise<readonly OpenRun[]>;
  close(): Promise<void>;
}

export interface BegunRun {
  id: string;
  /** Of all pipelines that it is about. */
  addresses: readonly string[];
}

export interface OpenRun extends BegunRun {
  /** As of a lock. */
  holder: Pick<LockHolder, 'name' | 'since' | 'alive'>;
}

export interface StoredRecord {
  record: AppliedRecord;
  /** Differs when anything in the record does. */
  version: string;
}

/**
 * The right to apply one address. It can be lost: a lease that was not renewed in time is taken over, and somebody may
 * break a lock. Whoever has lost it changes the record no more, whatever he believes.
 */
export interface Lock {
  /** Aborted as soon as it is known that the lock is lost; the reason is a RunError (EXT6006). */
  readonly lost: AbortSignal;
  /** Asks whether the lock is still ours, and fails with EXT6006 if not. For the moment before something is done that shows. */
  confirm(): Promise<void>;
  /** Replaces the record; fails with EXT6005 when the stored version is not `seen` any more. */
  write(record: AppliedRecord, seen: string | undefined): Promise<void>;
  /** Forgets the record; fails with EXT6005 when the stored version is not `seen` any more. */
  remove(seen: string): Promise<void>;
  /** Gives the lock back. A lock that is lost stays with whoever has it now. */
  release(): Promise<void>;
}

export interface LockHolder {
  /** `process 4711 on build-3`, with a link to the job where CI gives one. */
  name: string;
  /** By the clock of the holder, ISO 8601 to the second. */
  since: string;
  /** When it expires unless it is renewed, by the clock of the store. Undefined where locks do not expire. */
  until?: string;
  /** `unknown`: a process on another machine, of which nothing is heard. */
  alive: 'yes' | 'no' | 'unknown';
}

/** The destinations of a run. What several of them share (a session) is opened once and closed here. */
export interface Destinations {
  open(destination: Destination): DestinationPort;
  close(): Promise<void>;
}
