import type { Fingerprint } from './fingerprint.ts';
import type { Watermark } from './watermark.ts';

/** The record that apply leaves behind for a pipeline: the memory of the planner. Holds no secret. */
export interface AppliedRecord {
  format: 1;
  tool: string;
  address: string;
  /** The pipeline's file, relative to the project's folder, with slashes. */
  file?: string;
  /** The basis' hash of what the pipeline's file said. */
  configuration: string;
  tables: Readonly<Record<string, AppliedTable>>;
  extract: AppliedExtract;
  /** Of pipelines that had a template. */
  template?: AppliedTemplate;
  /** By what the user wrote as the target. */
  destinations: Readonly<Record<string, AppliedDestination>>;
  /** What was built and is not delivered yet; absent where all of it is. */
  pending?: Pending;
  /** The run that applied it, where that was about several pipelines: whoever resumes that run leaves it as it is. */
  run?: string;
  /** Of an item of `for_each`: when it is gone, the configuration does not tell any more where these are. */
  made?: Artifacts;
}

/** What a run has built and not finished delivering: the next one does that, without reading a source. */
export interface Pending {
  /** The staged package holds an older extract. */
  package?: true;
  /** By target. `destinations` has what was there before, if anything. */
  deliveries: Readonly<Record<string, PendingDelivery>>;
}

export interface PendingDelivery {
  /** What a server was asked to publish; absent where it surely was not asked, or has refused. */
  sent?: SentNote;
}

/** Enough to find out later what became of a publication whose end the run did not see. */
export interface SentNote {
  /** ISO 8601, by the clock of this machine. */
  at: string;
  /** Bytes of the file that was sent. */
  size: number;
  /** The server’s job, once it has said which. */
  job?: string;
  /** What was published before; absent where there was nothing. */
  before?: { id: string; updatedAt: string; revision?: number };
  /** The identity of the batch, where it has one. */
  batch?: string;
  /** Set when the pipeline has been built again since: what was sent is not what is to be delivered now. */
  superseded?: true;
}

/** Where what was made for an item is. Paths are relative to the project's folder, with slashes. */
export interface Artifacts {
  extract: string;
  package?: string;
  /** By the keys of the record's destinations. */
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
  /** Undefined when the source could not give one: then it is read every time. */
  fingerprint?: Fingerprint;
  /** How far it has been read, of tables that go on from their extract. */
  watermark?: Watermark;
  /** No two rows in the extract have the same primary key. */
  keyVerified?: true;
  /** What has changed in the source since all rows were read, and no cursor finds. */
  unseen?: Unseen;
  /** When all of its rows were read last (ISO 8601), of tables that go on from their extract. */
  readWhole?: string;
}

/** How many rows: `missing` were committed late, the others are in the extract as they were. */
export interface Unseen {
  missing?: number;
  deleted?: number;
  updated?: number;
  /** A partition is gone. */
  lost?: true;
}

/**
 * What of a table's configuration decides the rows and shape of the extract, in canonical form: spelling,
 * comments, order of keys and the folder of the file do not show. Kept whole instead of hashed, so that a
 * plan can say what has changed.
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
  /** SHA-256 of the file: it tells one that was touched from one that was changed. Absent in older records. */
  content?: string;
  /** When it was written as a whole last: how many bytes for how many rows. Of extracts that are gone on from. */
  compact?: { size: number; rows: number };
}

export interface AppliedTemplate {
  shown: string;
  sha256: string;
  compression: string;
  /** Of the staged package. */
  size: number;
  modified: string;
  /** SHA-256 of the staged package; absent in older records. */
  content?: string;
  /** What became of files that its data source does not name; absent where there were none, and in older records. */
  unnamed?: 'kept' | 'left out';
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

/** A data source as we left it. */
export interface AppliedPublication {
  /** Bytes of the file that was sent. */
  size: number;
  id: string;
  contentUrl: string;
  name: string;
  projectId: string;
  updatedAt: string;
  /** Of rows that were changed: the revision that they were changed in. */
  revision?: number;
  /** Of rows that were added as a batch with an identity. */
  batch?: string;
}
