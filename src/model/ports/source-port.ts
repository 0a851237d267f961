import type { TableChanges } from '../plan/row-changes.ts';
import type { Place } from '../errors/diagnostic.ts';
import type { Feed } from './feed.ts';
import type { Fingerprint } from '../world/fingerprint.ts';
import type { SourceObservation } from '../world/observation.ts';
import type { Table } from '../config/pipeline.ts';
import type { Increment, Watermark } from '../world/watermark.ts';

/** A source that is reachable. Observing never changes anything; reading sees one moment for all tables. */
export interface SourcePort {
  /** What the source has for each table. `before` is what was applied last, for fingerprints that need it. */
  observe(
    tables: readonly SourceRequest[],
    signal: AbortSignal,
    tell?: (progress: string) => void,
  ): Promise<SourceObservation[]>;
  /** Makes a table whole whose columns are not all written (`columnsFrom`). Comes before anything else of it. */
  columns?(table: Table, signal: AbortSignal, tell?: (progress: string) => void): Promise<Table>;
  /**
   * The answer to a query, at most `most` rows of it, as the texts that the source prints. Asked at one
   * moment, in a way that can change nothing.
   */
  items?(question: ItemsQuery, signal: AbortSignal): Promise<ItemsAnswer>;
  /**
   * Opens one consistent view for reading these tables. Fails if the source no longer fits the contract. `report` gets a
   * line when another session is waited for, with the table for which that is.
   */
  snapshot(
    tables: readonly Table[],
    signal: AbortSignal,
    report?: (text: string, table?: string) => void,
  ): Promise<Snapshot>;
  close(): Promise<void>;
}

export interface ItemsQuery {
  sql: string;
  limit: number;
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
  feed(table: Table, signal: AbortSignal, limit?: number): Promise<Feed>;
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
