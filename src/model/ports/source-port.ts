import type { TableChanges } from '../plan/row-changes.ts';
import type { Place } from '../errors/diagnostic.ts';
import type { Feed } from './feed.ts';
import type { Fingerprint } from '../world/fingerprint.ts';
import type { SourceObservation } from '../world/observation.ts';
import type { Table } from '../config/pipeline.ts';
import type { Increment, Watermark } from '../world/watermark.ts';

/** A source that is reachable. Observing never changes anything; reading sees one moment for all tables. */
export interface SourcePort {
  /** True where many observations that are asked for at once cost less than one after the other; the port limits them itself. */
  gathers?: true;
  /** Observes the source of each table. `before` is the last applied record, for fingerprints that need it. */
  observe(
    tables: readonly SourceRequest[],
    signal: AbortSignal,
    report?: (progress: string) => void,
  ): Promise<SourceObservation[]>;
  /** Reports how the source was reached, for sources that are servers. */
  describe?(signal: AbortSignal): Promise<SourceDescription>;
  /** Makes a table whole whose columns are not all written (`columnsFrom`). Comes before anything else of it. */
  columns?(table: Table, signal: AbortSignal, report?: (progress: string) => void): Promise<Table>;
  /**
   * Runs a query and returns at most `most` of its rows, as the texts that the source prints. The query runs at one
   * moment, in a way that can change nothing.
   */
  items?(question: ItemsQuery, signal: AbortSignal): Promise<ItemsAnswer>;
  /**
   * Returns the folders directly below a prefix, at most `limit` of them; only those with the given names if there are
   * any, and that exist.
   */
  folders?(question: FoldersQuery, signal: AbortSignal): Promise<readonly FoundFolder[]>;
  /**
   * Opens one consistent view for reading these tables. Fails if the source no longer fits the contract. `report`
   * receives a line when another session is waited for, with the table that it concerns. `place` was taken before, with those of
   * other sources (`SnapshotPlaces`); the snapshot gives it back.
   */
  snapshot(
    tables: readonly Table[],
    signal: AbortSignal,
    report?: (text: string, table?: string) => void,
    place?: SnapshotPlace,
  ): Promise<Snapshot>;
  close(): Promise<void>;
}

export interface SourceDescription {
  /** Server, user and version in one line. It may hold values that came from secrets. */
  text: string;
  /** Something about the connection that should be changed. */
  warning?: { text: string; hint: string };
}

export interface ItemsQuery {
  sql: string;
  limit: number;
  /**
   * Only rows whose column `key` is one of these, in lower case and with `_` for other characters than letters and
   * digits, are asked for, where the query allows it.
   */
  keys?: readonly string[];
  /** The place where it is written. */
  place: Place;
}

export interface ItemsAnswer {
  columns: readonly string[];
  rows: readonly (readonly (string | null)[])[];
}

export interface FoldersQuery {
  /** The folder or prefix that holds them. */
  under: string;
  limit: number;
  /** The place where it is written. */
  place: Place;
  names?: readonly string[];
}

export interface FoundFolder {
  name: string;
  /** The reason why it is not read; undefined if it may be. */
  refused?: string;
}

export interface SourceRequest {
  table: Table;
  before: Fingerprint | undefined;
  /** All of it will be read, regardless of what was applied: data that was valid last time may not be valid now. */
  redefined?: boolean;
  /** The progress of reading, if it can continue from there. */
  watermark?: Watermark;
}

/** Tables of one source at one moment. */
export interface Snapshot {
  /** Returns the rows of a table. */
  feed(table: Table, signal: AbortSignal, options?: FeedOptions): Promise<Feed>;
  /**
   * Returns the changes in a table since it was last read, for sources that can find them. `before` is the applied
   * record.
   */
  changes?(
    table: Table,
    increment: Increment,
    before: Fingerprint | undefined,
    signal: AbortSignal,
  ): Promise<TableChanges>;
  /** Returns how far a table is read now: with an increment up to its end, otherwise all of it. */
  watermark?(table: Table, increment: Increment | undefined, signal: AbortSignal): Promise<Watermark>;
  /** Fails, after a table was read, if its rows do not come from one moment. */
  confirm(table: Table, signal: AbortSignal): Promise<void>;
  /**
   * Returns what to report in the place of an error of reading a table: where the source has changed meanwhile, that is
   * the cause of whatever is wrong with the rows. Returns the same error otherwise.
   */
  explain?(table: Table, error: unknown): Promise<unknown>;
  /** Taken just before the snapshot: data committed in between is read again next time, never missed. */
  fingerprint(table: Table): Fingerprint | undefined;
  end(): Promise<void>;
}

export interface FeedOptions {
  /** More rows than this are not needed, if the source can limit them itself. */
  limit?: number;
  /** The connections that read the table together, if the source can divide it. */
  backends?: number | undefined;
}

/** A place that a snapshot of a source takes at its server for as long as it is open. */
export interface SnapshotPlace {
  /** Called once: by the snapshot, or by who has taken the place and opens none. */
  leave(): void;
}

/** The places of sources whose servers have few. Other sources have none. */
export interface SnapshotPlaces {
  /** Fails if the snapshots of these sources could never be open together. */
  confirm(sources: readonly SourcePort[]): void;
  /** Takes the places of all of them at once, by source. */
  take(sources: readonly SourcePort[], signal: AbortSignal): Promise<ReadonlyMap<SourcePort, SnapshotPlace>>;
}
