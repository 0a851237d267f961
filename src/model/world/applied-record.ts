import type { Fingerprint } from './fingerprint.ts';
import type { Watermark } from './watermark.ts';

/** The record that apply leaves for a pipeline: the memory of the planner. It holds no secret. */
export interface AppliedRecord {
  format: 1;
  tool: string;
  address: string;
  /** The pipeline's file, relative to the project's folder, with slashes. */
  file?: string;
  /** The hash of the pipeline's configuration in the basis. */
  configuration: string;
  tables: Readonly<Record<string, AppliedTable>>;
  extract: AppliedExtract;
  /** For pipelines that had a template. */
  template?: AppliedTemplate;
  /** The destinations by the target as the user wrote it. */
  destinations: Readonly<Record<string, AppliedDestination>>;
  /** Output that was built and not delivered yet; absent if all of it is delivered. */
  pending?: Pending;
  /** The run that applied it, if that run had several pipelines: a run that resumes it skips this pipeline. */
  run?: string;
  /** The seal of the saved plan whose shard applied it: a shard that is started again skips it. */
  plan?: string;
  /** The seconds that it took the last time that all of it was built. */
  seconds?: number;
  /**
   * For an item of `for_each`: the places of its output, which the configuration does not know once the item is
   * removed.
   */
  made?: Artifacts;
  /** For an item whose folder is missing: the time when an apply first found that (ISO 8601). */
  missing?: string;
}

/** Output that a run has built and not finished delivering: the next run does that, without reading a source. */
export interface Pending {
  /** The staged package holds an older extract. */
  package?: true;
  /** The deliveries by target. `destinations` has the previous ones, if there were any. */
  deliveries: Readonly<Record<string, PendingDelivery>>;
}

export interface PendingDelivery {
  /** The publication that a server was asked for; absent if it certainly was not asked, or has refused. */
  sent?: SentNote;
}

/** Enough to find out later what became of a publication whose end the run did not see. */
export interface SentNote {
  /** ISO 8601, by the clock of this machine. */
  at: string;
  /** Bytes of the file that was sent. */
  size: number;
  /** The server’s job, once it has named one. */
  job?: string;
  /** The previous publication; absent if there was none. */
  before?: { id: string; updatedAt: string; revision?: number };
  /** The identity of the batch, where it has one. */
  batch?: string;
  /** The way in which the rows are delivered, in the words of `wayOf`. */
  way?: string;
  /** Set when the pipeline has been built again since: what was sent is not what is to be delivered now. */
  superseded?: true;
}

/** The places of the output of an item. Paths are relative to the project's folder, with slashes. */
export interface Artifacts {
  extract: string;
  package?: string;
  /** The places by the keys of the record's destinations. */
  destinations: Readonly<Record<string, MadeFile | MadePublication>>;
}

export interface MadeFile {
  path: string;
}

/** The credentials are those that the configuration has for this site when it is deleted. */
export interface MadePublication {
  server: string;
  site: string;
}

export interface AppliedTable {
  definition: TableDefinition;
  rows: number;
  /** Bytes that were read from the source. */
  bytes: number;
  /** The fingerprint; undefined if the source could not give one: then the table is read every time. */
  fingerprint?: Fingerprint;
  /** The progress of reading, for tables that continue from their extract. */
  watermark?: Watermark;
  /** No two rows in the extract have the same primary key. */
  keyVerified?: true;
  /** Changes in the source since the last full read that no cursor finds. */
  unseen?: Unseen;
  /** The time when all of its rows were last read (ISO 8601), for tables that continue from their extract. */
  readWhole?: string;
}

/** The number of rows: `missing` were committed late, the others are in the extract as they were. */
export interface Unseen {
  missing?: number;
  deleted?: number;
  updated?: number;
  /** A partition was removed. */
  lost?: true;
}

/**
 * The part of a table's configuration that decides the rows and shape of the extract, in canonical form: it does not
 * depend on spelling, comments, order of keys and the folder of the file. It is kept whole instead of hashed, so that a
 * plan can name the changes.
 */
export interface TableDefinition {
  columns: readonly { name: string; type: string; notNull: boolean; from: string }[];
  /** Everything else by its key in the YAML: `table`, `where`, `query`, `params`, `format`, … */
  rest: Readonly<Record<string, string>>;
}

export interface AppliedExtract {
  /** The staged file, as messages show it. */
  shown?: string;
  schema: string;
  version: number;
  /** Keys and relationships in canonical form. */
  keys: string;
  size: number;
  modified: string;
  /**
   * SHA-256 of the file: it distinguishes a file that was only touched from one that was changed. Absent in older
   * records.
   */
  content?: string;
  /** The bytes and rows when it was last written as a whole. For extracts that are continued. */
  compact?: { size: number; rows: number };
}

export interface AppliedTemplate {
  shown: string;
  sha256: string;
  compression: string;
  /** The size of the staged package. */
  size: number;
  modified: string;
  /** SHA-256 of the staged package; absent in older records. */
  content?: string;
  /** The treatment of files that its data source does not name; absent if there were none, and in older records. */
  unnamed?: 'kept' | 'left out';
  /** The data source or extract in the template that got the extract; absent where it had only one. */
  chosen?: string;
  /** Identities of the misfits that it was applied with: with the same template they do not block again. */
  accepted?: readonly string[];
}

export type AppliedDestination = AppliedFile | AppliedPublication;

export interface AppliedFile {
  size: number;
  modified: string;
  /** SHA-256 of the file; absent in older records. */
  content?: string;
}

/** A data source or workbook as we left it. */
export interface AppliedPublication {
  /** Set for a workbook. */
  content?: 'workbook';
  /** Bytes of the file that was sent. */
  size: number;
  id: string;
  contentUrl: string;
  name: string;
  projectId: string;
  updatedAt: string;
  /** For rows that were changed: the revision that they were changed in. */
  revision?: number;
  /** For rows that were added as a batch with an identity. */
  batch?: string;
  /** The way in which the rows were delivered, in the words of `wayOf`; earlier versions did not record it. */
  way?: string;
}
