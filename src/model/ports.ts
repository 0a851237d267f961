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
  /** Opens one consistent view for reading these tables. Fails if the source no longer fits the contract. */
  snapshot(tables: readonly Table[], signal: AbortSignal): Promise<Snapshot>;
  close(): Promise<void>;
}

export interface SourceRequest {
  table: Table;
  before: Fingerprint | undefined;
  /** The table was never applied as it is defined now: what was found in order last time need not be. */
  redefined?: boolean;
}

/** Tables of one source at one moment. */
export interface Snapshot {
  /** `most`: no more rows than this are wanted, where the source can tell its own side. */
  feed(table: Table, signal: AbortSignal, most?: number): Promise<Feed>;
  /** After a table was read: fails if what was read is not one moment of it. */
  confirm(table: Table): Promise<void>;
  /** Taken just before the snapshot: data committed in between is read again next time, never missed. */
  fingerprint(table: Table): Fingerprint | undefined;
  end(): Promise<void>;
}

/** The engine that writes and reads .hyper files. */
export interface ExtractPort {
  observe(file: string, signal: AbortSignal): Promise<ExtractObservation>;
  /** Starts a new file beside `extract.file`; nothing is seen at that place before `finish`. */
  build(extract: Extract, tables: readonly Table[], signal: AbortSignal): Promise<ExtractBuild>;
  /** The first rows of a feed as they would land, as the text that Hyper prints. */
  preview(table: Table, feed: Feed, rows: number, signal: AbortSignal): Promise<(string | null)[][]>;
  close(): Promise<void>;
}

export interface ExtractBuild {
  /** Loads the parts of a feed in their order. Resolves to the rows that Hyper took; fails with the error of a part. */
  load(
    table: Table,
    parts: readonly FeedPart[],
    progress: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<Loaded>;
  /** Declares keys, detaches, verifies, makes durable and renames into place. */
  finish(
    keys: readonly Relationship[],
    expectedRows: Readonly<Record<string, number>>,
  ): Promise<BuiltExtract>;
  /** Removes what was begun. Safe to call after anything, also twice. */
  abandon(): Promise<void>;
}

export interface Loaded {
  rows: number;
  bytes: number;
}

export interface BuiltExtract {
  path: string;
  size: number;
  modified: string;
  rows: Readonly<Record<string, number>>;
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
}

export interface DestinationPort {
  /** `last` is what was delivered last, by which it is found again where its name has changed. */
  observe(last: AppliedDestination | undefined, signal: AbortSignal): Promise<DestinationObservation>;
  /**
   * Writes the finished extract. All or nothing: on failure what was there before still is. `progress` hears of bytes
   * as they are written, each once.
   */
  write(extract: BuiltExtract, progress: (bytes: number) => void, signal: AbortSignal): Promise<Delivered>;
  /** Sets what describes the delivered extract, where the destination has such things; nothing else changes. */
  describe?(last: AppliedDestination, signal: AbortSignal): Promise<Delivered>;
}

/** What the record keeps of a delivery: enough to see later whether something else has changed it. */
export type Delivered = AppliedDestination;

/** Where records are kept. One record per address; a write names the version it has seen, so that none is lost. */
export interface StatePort {
  read(address: string): Promise<StoredRecord | undefined>;
  /** Fails with a RunError when the stored version is not `seen` any more. */
  write(record: AppliedRecord, seen: string | undefined): Promise<void>;
  /** Takes the lock of an address or fails at once, saying who holds it. */
  lock(address: string): Promise<Lock>;
}

export interface StoredRecord {
  record: AppliedRecord;
  version: string;
}

export interface Lock {
  release(): Promise<void>;
}

/** The destinations of a run. What several of them share (a session) is opened once and closed here. */
export interface Destinations {
  open(destination: Destination): DestinationPort;
  close(): Promise<void>;
}
