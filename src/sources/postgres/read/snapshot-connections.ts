import type { Readable } from 'node:stream';
import type pg from 'pg';
import type { PostgresSource } from '../../../model/config/source.ts';
import type { Table } from '../../../model/config/pipeline.ts';
import type { Leased } from '../connection/lease.ts';
import type { Pool } from '../connection/pool.ts';
import type { Relation } from '../contract/catalog.ts';
import type { Selection } from '../sql/selection.ts';

/** Connections at the moment of a snapshot. */
export interface SnapshotConnections {
  source: PostgresSource;
  pool: Pool;
  /** The server that has the snapshot. */
  host: string;
  /** Begins a transaction at that moment, for a table. */
  join: (leased: Leased, table: Table) => Promise<void>;
  /** The same on a connection that is not of the pool. */
  joinAside: (client: pg.Client) => Promise<void>;
  /** Reports a wait for a lock within this call. */
  watch: <T>(client: pg.Client, table: Table, call: () => Promise<T>) => Promise<T>;
  /** Locks what this client reads, and fails where that is no longer what the snapshot saw. */
  confirm: (client: pg.Client, table: Table, selection?: Selection) => Promise<void>;
  /** The relation of a table; undefined for a query. */
  relationOf: (table: Table) => Relation | undefined;
  /** Reports something about the reading of a table. */
  report: (text: string, table: Table) => void;
  /** The running reads, and when each has released its connection. */
  readers: Map<Readable, Promise<void>>;
}
