import type { ColumnType } from './column-type.ts';
import type { Cardinality } from './data-source.ts';
import type { Place } from './diagnostic.ts';
import type { Template } from './template.ts';

/**
 * A pipeline as the program uses it: defaults applied, `${…}` substituted, references resolved, paths absolute. What
 * people wrote is another type (written.gen.ts); only this one leaves config/.
 */
export interface Pipeline {
  /** Stable and unique over all files of a run. State is kept under it. */
  address: string;
  name: string;
  description?: string;
  tags: readonly string[];
  place: Place;
  sources: Readonly<Record<string, Source>>;
  tables: readonly Table[];
  relationships: readonly Relationship[];
  extract: Extract;
  /** Undefined: the bare .hyper is delivered. */
  template?: Template;
  destinations: readonly Destination[];
}

export interface Extract {
  /** The schema inside the .hyper that holds all tables. */
  schema: string;
  /** Hyper database version: 2 opens in every Tableau since 2020.4, 3 since 2022.4. */
  version: 2 | 3;
  /** Absolute path of the staged .hyper. */
  file: string;
  /** The same for people: as written, or relative to the project. */
  shown: string;
}

export interface Table {
  name: string;
  place: Place;
  source: string;
  from: TableOrigin;
  columns: readonly Column[];
  columnsFrom?: ColumnsFrom;
  /** Column names of the extract; declared to Hyper as an assumed key. */
  primaryKey: readonly string[];
  load: Load;
}

/** What of its source a table takes; the kind agrees with the source's `type`. */
export type TableOrigin = PostgresOrigin | FileOrigin | ObjectOrigin;

export interface PostgresOrigin {
  type: 'postgres';
  /** A table, view or partitioned table, or a query; never both. */
  relation?: { schema?: string; name: string };
  where?: string;
  query?: string;
  params: readonly Param[];
  /** A query whose one value changes whenever the data does; without it views and queries are always read. */
  changeDetection?: string;
}

/** A bound value of a query. `shown` stands for it in plans and hashes, so that a secret does not. */
export interface Param {
  value: string | number | boolean | null;
  shown: string;
}

/** The files are those of the source. */
export interface FileOrigin {
  type: 'file';
}

/** The objects are those of the source. */
export interface ObjectOrigin {
  type: 's3';
}

/**
 * Columns that are not all written: `columns` holds those that win by name, and added ones. `SourcePort.columns` makes a
 * whole table of it before anything is planned; `pinned` is then the ETag of the header file that was read.
 */
export interface ColumnsFrom {
  kind: 'header-file';
  place: Place;
  pinned?: string;
}

export interface Column {
  name: string;
  place: Place;
  type: ColumnType;
  notNull: boolean;
  origin: ColumnOrigin;
  description?: string;
  /** What ±infinity of a PostgreSQL date or timestamp becomes. Hyper would change it silently into a far date. */
  onInfinite: 'null' | 'error';
}

export type ColumnOrigin =
  /** A column of the source, by its exact name. */
  | { kind: 'column'; name: string }
  /** An SQL expression; PostgreSQL only. */
  | { kind: 'expression'; sql: string }
  /**
   * Text with `${file.…}` in it, the same for all rows of a file. With a pattern (a regular expression with one group)
   * the value is what the group matches in that text.
   */
  | { kind: 'file'; template: string; pattern?: string };

/** What `${file.…}` may stand for; `key` and `etag` are known of S3 objects only. */
export const fileFacts = ['path', 'name', 'key', 'last_modified', 'etag'] as const;

/** Of one file; what is missing is not known of its kind. */
export type FileFacts = Readonly<Partial<Record<(typeof fileFacts)[number], string>>>;

export interface Load {
  mode: 'full';
}

/** Rows of `from` refer to one row of `to`: an assumed foreign key in the extract. */
export interface Relationship {
  place: Place;
  from: { table: string; columns: readonly string[] };
  to: { table: string; columns: readonly string[] };
  /** What a generated template tells Tableau; `many-to-one` unless said otherwise. */
  cardinality?: Cardinality;
}

export type Source = PostgresSource | FileSource | S3Source;

export interface PostgresSource {
  type: 'postgres';
  place: Place;
  /** A connection URI (libpq's form), or the parts. A part given beside a URL wins over it. */
  url?: string;
  host?: string;
  port?: number;
  database?: string;
  user?: string;
  password?: string;
  ssl?: PostgresTls;
}

/** libpq's words. `verify-full` checks chain and host name, `verify-ca` the chain, `require` only encrypts. */
export interface PostgresTls {
  mode: 'disable' | 'require' | 'verify-ca' | 'verify-full';
  /** Absolute path of a PEM file with certificate authorities. */
  ca?: string;
}

export interface FileSource {
  type: 'file';
  place: Place;
  /** Paths and globs as written, for messages and hashes: relative to `base`, or absolute. */
  match: readonly string[];
  /** The folder of the file that names them: absolute. `match` and `exclude` are relative to it. */
  base: string;
  exclude: readonly string[];
  /** Fewer files than this is an error, not an empty extract. */
  minFiles: number;
  format: Format;
}

export interface S3Source {
  type: 's3';
  place: Place;
  bucket: string;
  /** Keys and globs. */
  match: readonly string[];
  exclude: readonly string[];
  /** Fewer objects than this is an error, not an empty extract. */
  minFiles: number;
  /** More bytes than this in all objects is an error. */
  maxBytes?: number;
  format: Format;
  headerFile?: { key: string; types: boolean };
  access: S3Access;
}

/** Where the service is and who asks. */
export interface S3Access {
  /** Undefined: AWS_REGION or the profile's. */
  region?: string;
  endpoint?: string;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`. */
  pathStyle: boolean;
  requesterPays: boolean;
  credentials: S3Credentials;
  /** A role to assume with the credentials. */
  role?: { arn: string; externalId?: string };
}

export type S3Credentials =
  /** Environment, configuration files, web identity, container, instance: AWS's own order. */
  | { kind: 'default' }
  | { kind: 'profile'; profile: string }
  | { kind: 'keys'; accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  | { kind: 'anonymous' };

export type Format = CsvFormat | { type: 'parquet' };

/** `csv`, or `text` for PostgreSQL's tab-separated COPY text format. */
export interface CsvFormat {
  type: 'csv' | 'text';
  delimiter: string;
  quote: string;
  escape: string;
  /** Whether the first record names the columns. Columns are then matched by name, in any order. */
  header: boolean;
  /** Unquoted fields equal to one of these are NULL. */
  nulls: readonly string[];
  /** A WHATWG encoding label in lower case. */
  encoding: string;
  /** How to read dates that are not ISO: 1/2/2024. */
  dateOrder: 'MDY' | 'DMY' | 'YMD';
  compression: 'none' | 'gzip' | 'by-name';
}

export type Destination = FileDestination | TableauDestination;

export interface FileDestination {
  type: 'file';
  place: Place;
  /** As written: for messages and hashes. */
  shown: string;
  /** Absolute. */
  path: string;
}

/** A published data source on Tableau Server or Cloud. */
export interface TableauDestination {
  type: 'tableau';
  place: Place;
  /** Where it is, for messages, and the key in the state: no secret. */
  shown: string;
  connection: TableauConnection;
  project: TableauProject;
  /** Of the data source. Unique in its project, without regard to case. */
  name: string;
  delivery: TableauDelivery;
  /** What to set; what is undefined is left to those who use the server. */
  description?: string;
  tags?: readonly string[];
  certification?: TableauCertification;
  /** What the server may reset when a data source is replaced, and is set again as people had it. */
  keep: readonly TableauDetail[];
  createProject: boolean;
  /** Files below this many bytes go in one request. */
  singleBelow: number;
  /** Bytes of one chunk; the most that is held in memory. */
  chunkSize: number;
  /** Seconds to wait for a job of the server. */
  jobTimeout: number;
}

export type TableauDetail = 'description' | 'tags' | 'certification';

export interface TableauCertification {
  certified: boolean;
  note?: string;
}

/** How to reach a site and as whom. Destinations with the same server, site and identity share one session. */
export interface TableauConnection {
  /** `https://host[:port]`, without a slash at the end. */
  server: string;
  /** The content URL; empty for the Default site of a Tableau Server. */
  site: string;
  auth: TableauAuth;
  /** Absolute path of a PEM file with certificate authorities to trust beside the usual ones. */
  ca?: string;
  /** Whether plain http may go further than this machine. */
  allowInsecure: boolean;
  /** Seconds without a single byte after which a request counts as lost. */
  timeout: number;
}

export type TableauAuth =
  | { kind: 'token'; name: string; secret: string }
  | { kind: 'password'; user: string; password: string }
  | {
      kind: 'connected-app';
      user: string;
      clientId: string;
      secretId: string;
      secretValue: string;
      scopes: readonly string[];
    };

export type TableauProject = { kind: 'path'; path: readonly string[] } | { kind: 'id'; id: string };

export type TableauDelivery =
  | { method: 'publish'; mode: 'create' | 'overwrite' | 'append' }
  /** The rows of the extract's tables change the rows of the published ones; the data source itself stays. */
  | {
      method: 'update';
      action: TableauUpdateAction;
      tables: readonly TableauUpdateTable[];
      /** The most bytes that the server takes in one update; more are sent in portions. */
      most: number;
    };

export type TableauUpdateAction = 'insert' | 'upsert' | 'replace' | 'delete';

/** Named alike in the extract and in the published data source. */
export interface TableauUpdateTable {
  schema: string;
  name: string;
  /** Columns by which rows are found again. */
  key: readonly string[];
}
