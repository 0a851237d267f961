import type { AppliedRecord } from './applied-record.ts';
import type { ColumnType } from '../config/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Fingerprint, UnknownFingerprint } from './fingerprint.ts';
import type { Move } from '../config/pipeline.ts';
import type { CursorObservation } from './watermark.ts';

/**
 * The present state of the world around one pipeline, read without changing anything. The planner sees nothing else.
 */
export interface Observation {
  /** The observations by table name. */
  tables: Readonly<Record<string, SourceObservation>>;
  extract: ExtractObservation;
  /** For pipelines that have a template. */
  template?: TemplateObservation;
  /** The observations in the order of the pipeline's destinations. */
  destinations: readonly DestinationObservation[];
  /** The last applied record, under today's names; undefined if nothing is known. */
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
  /** Disagreements with the contract. An error here keeps the pipeline from being applied. */
  problems: readonly Diagnostic[];
  /** Columns that the source has and the contract does not take. */
  untaken: readonly string[];
  rows: Estimate | undefined;
  bytes: Estimate | undefined;
  fingerprint: Fingerprint | UnknownFingerprint;
  /** Identifies the server and database, the bucket or the folder; the same for all tables of a source. */
  identity?: string;
  /** For tables that several backends read, and for those where a number is set that cannot be had. */
  read?: ObservedRead;
  /** For tables that continue from a watermark. */
  cursor?: CursorObservation;
}

/** How many backends read all of a table, and why they are fewer than the configuration says. */
export interface ObservedRead {
  backends: number;
  instead?: { of: number; because: string };
}

export interface Estimate {
  value: number;
  exact: boolean;
}

/** A .hyper file as it is. */
export type ExtractObservation =
  | {
      kind: 'absent';
      /** True if there is a file that does not count, because it is not the one that was recorded. */
      leftover?: true;
    }
  | { kind: 'unusable'; reason: string; code: string }
  | {
      kind: 'present';
      size: number;
      modified: string;
      /** The version, which like the following is read only if the file was opened. */
      version?: number;
      tables?: readonly ExtractTable[];
    };

export interface ExtractTable {
  schema: string;
  name: string;
  rows: number;
  /** The highest cursor, if it was requested; absent while there is no row. */
  highest?: readonly (string | null)[];
  /** The number of rows that have it. */
  atHighest?: number;
  /** The number of rows less than the lag below it, if there is a lag. */
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
  /** The hash of the file, or of the generated document. */
  sha256: string;
  /** The hash of the document that earlier versions generated from the same configuration, if it was another one. */
  earlier?: string;
  /**
   * The differences between the extract and the template. Errors block, unless they are allowed or were accepted
   * before.
   */
  misfits: readonly Misfit[];
  /** The staged package, if it exists. */
  staged: { size: number; modified: string } | undefined;
  /** Data files of the package that its data source does not name; absent if there are none. */
  unnamed?: { files: readonly string[]; kept: boolean };
  /** The data source or extract in the template that gets the extract; absent where it has only one. */
  chosen?: string;
  /** Other extracts of the template, with their data source of a workbook: they stay as they are. Absent if there are none. */
  untouched?: readonly UntouchedExtract[];
  /** The live connection of the template that the extract replaces; absent if it has none. */
  replaced?: ReplacedConnection;
}

export interface UntouchedExtract {
  file: string;
  dataSource?: string;
}

/** A live connection of a data source that reads an extract instead. */
export interface ReplacedConnection {
  /** Kind, server and database: `postgres db.example.com/shop`. */
  connections: readonly string[];
  /** A table or query that it read (`public.orders`, `custom SQL "Big orders"`), and the table of the extract in its place. */
  tables: readonly { from: string; to: string }[];
}

export interface Misfit extends Diagnostic {
  /** Identifies the difference, independent of its message: `EXT4302 orders.sales`. */
  identity: string;
}

export type DestinationObservation = FileDestinationObservation | TableauDestinationObservation;

export interface FileDestinationObservation {
  type: 'file';
  found: { size: number; modified: string } | undefined;
  /** The reason why it cannot be written, if that can be seen before. */
  problem?: Diagnostic;
}

export interface TableauDestinationObservation {
  type: 'tableau';
  /** False when planning offline, or if another run had the token: then nothing else is known. */
  looked: boolean;
  /** The reason why it was not inspected, if the plan is not offline. */
  because?: string;
  /** The project as users write it; undefined if it will be created first. */
  project: string | undefined;
  found: PublishedContent | undefined;
  /**
   * The outcome of a delivery that an earlier run sent without seeing its end: it is published (then `found` is that),
   * the server is still processing it or may be, or it was not published.
   */
  sent?: 'published' | 'under way' | 'not published';
  /** True if our user published the newest revision; undefined if the server does not say. */
  byUs?: boolean;
  /** Our last publication, if it no longer has its name and project. */
  strayed?: { name: string; project: string };
  problem?: Diagnostic;
}

/** A published data source or workbook. */
export interface PublishedContent {
  id: string;
  name: string;
  contentUrl: string;
  projectId: string;
  owner: string;
  /** ISO 8601 to the second, as the server writes it. */
  updatedAt: string;
  /** Megabytes, as far as the server reports them. */
  megabytes: number | undefined;
  /** The revision; undefined if the server keeps no revisions or does not show them. */
  revision: number | undefined;
  description: string;
  tags: readonly string[];
  certified: boolean;
  certificationNote: string;
  /** For a workbook: its sheets are shown as tabs. */
  showTabs?: boolean;
}
