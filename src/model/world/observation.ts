import type { AppliedRecord } from './applied-record.ts';
import type { ColumnType } from '../config/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { Move } from '../config/pipeline.ts';
import type { CursorObservation } from './watermark.ts';

/** What is there now around one pipeline, read without changing anything. The planner sees nothing else. */
export interface Observation {
  /** By table name. */
  tables: Readonly<Record<string, SourceObservation>>;
  extract: ExtractObservation;
  /** Of pipelines that have a template. */
  template?: TemplateObservation;
  /** In the order of the pipeline's destinations. */
  destinations: readonly DestinationObservation[];
  /** What was applied last, under the names of today; undefined when nothing is known. */
  applied: AppliedRecord | undefined;
  /** The moves that gave it these names. */
  moves?: readonly Move[];
  /** Targets to which an earlier run has delivered without hearing of it: `applied` has it, the stored record has not. */
  settled?: readonly string[];
  /** Tables whose rows were read as a whole so long ago that it is time again. */
  refresh?: readonly string[];
}

/** One table of the contract as its source has it now. */
export interface SourceObservation {
  /** What does not agree with the contract. An error here keeps the pipeline from being applied. */
  problems: readonly Diagnostic[];
  /** Columns that the source has and the contract does not take. */
  untaken: readonly string[];
  rows: Estimate | undefined;
  bytes: Estimate | undefined;
  fingerprint: Fingerprint | { kind: 'unknown'; reason: string };
  /** Which server and database, bucket or folder this is; the same for all tables of a source. */
  identity?: string;
  /** Of tables that go on from a watermark. */
  cursor?: CursorObservation;
}

export interface Estimate {
  value: number;
  exact: boolean;
}

/** A .hyper file as it is. */
export type ExtractObservation =
  | { kind: 'absent' }
  | { kind: 'unusable'; reason: string; code: string }
  | {
      kind: 'present';
      size: number;
      modified: string;
      /** As what follows, read only where somebody looked inside. */
      version?: number;
      tables?: readonly ExtractTable[];
    };

export interface ExtractTable {
  schema: string;
  name: string;
  rows: number;
  /** The highest cursor, where that was asked for; absent while there is no row. */
  highest?: readonly (string | null)[];
  /** How many rows have it. */
  atHighest?: number;
  /** How many rows are less than the lag behind it, where there is a lag. */
  withinLag?: number;
  columns: readonly ExtractColumn[];
}

export interface ExtractColumn {
  name: string;
  type: ColumnType | { kind: 'other'; name: string };
  notNull: boolean;
}

/** A template as it is, held against what the pipeline promises of its extract. */
export interface TemplateObservation {
  /** Of the file, or of the document that is generated. */
  sha256: string;
  /** Where the extract would not fit. Errors block, unless they are allowed or were accepted before. */
  misfits: readonly Misfit[];
  /** The staged package, if it is there. */
  staged: { size: number; modified: string } | undefined;
  /** Data files of the package that its data source does not name; absent where there are none. */
  unnamed?: { files: readonly string[]; kept: boolean };
}

export interface Misfit extends Diagnostic {
  /** What does not fit, whatever else is said of it: `EXT4302 orders.sales`. */
  identity: string;
}

export type DestinationObservation = FileDestinationObservation | TableauDestinationObservation;

export interface FileDestinationObservation {
  type: 'file';
  found: { size: number; modified: string } | undefined;
  /** Why it cannot be written, if that can be seen before. */
  problem?: Diagnostic;
}

export interface TableauDestinationObservation {
  type: 'tableau';
  /** False when planning offline, or where another run had the token: then nothing else is known. */
  looked: boolean;
  /** Why it was not looked at, where the plan is not offline. */
  because?: string;
  /** The project as people write it; undefined where it will be made first. */
  project: string | undefined;
  found: PublishedDataSource | undefined;
  /**
   * What became of what an earlier run has sent without hearing of its end: it is published (then `found` is that),
   * the server is still at it or may be, or it was not published.
   */
  sent?: 'published' | 'under way' | 'not published';
  /** Whether our user published the newest revision; undefined where the server does not say. */
  byUs?: boolean;
  /** What we published last, where it is no longer found under its name and project. */
  strayed?: { name: string; project: string };
  problem?: Diagnostic;
}

export interface PublishedDataSource {
  id: string;
  name: string;
  contentUrl: string;
  projectId: string;
  owner: string;
  /** ISO 8601 to the second, as the server writes it. */
  updatedAt: string;
  /** Megabytes, as far as the server tells. */
  megabytes: number | undefined;
  /** Undefined where the server keeps no revisions or does not show them. */
  revision: number | undefined;
  description: string;
  tags: readonly string[];
  certified: boolean;
  certificationNote: string;
}
