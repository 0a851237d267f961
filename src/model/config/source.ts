import type { Place } from '../errors/diagnostic.ts';
import type { ReadableSettings } from './readable-paths.ts';

/** The resolved origin of rows: one shape per kind. */
export type Source = PostgresSource | FileSource | S3Source;

export interface PostgresSource {
  type: 'postgres';
  place: Place;
  /** A connection URI (libpq's form), or the parts. A part given beside a URL wins over it. */
  url?: string;
  /** One, or several with commas between them. */
  host?: string;
  port?: number;
  database?: string;
  user?: string;
  password?: string;
  ssl?: PostgresTls;
  /** Settings of the session, as in PGOPTIONS: `-c search_path=sales`. */
  options?: string;
  /** The wanted host among several, in libpq's terms. */
  targetSession?: 'any' | 'read-write' | 'read-only' | 'primary' | 'standby' | 'prefer-standby';
  /** The most connections of this source at once; at least two. */
  connections?: number;
  /** Labels that messages show instead of parts that come from secrets. */
  labels?: { host?: string; database?: string; user?: string };
}

/** The TLS modes of libpq. `verify-full` checks chain and host name, `verify-ca` the chain, `require` only encrypts. */
export interface PostgresTls {
  mode: 'disable' | 'require' | 'verify-ca' | 'verify-full';
  /** Absolute path of a PEM file with certificate authorities. */
  ca?: string;
  /** Absolute paths of the client's certificate and its private key, PEM files. */
  cert?: string;
  key?: string;
}

export interface FileSource {
  type: 'file';
  place: Place;
  /** Paths and globs as written, for messages and hashes: relative to `base`, or absolute. */
  match: readonly string[];
  /** The folder of the file that names them: absolute. `match` and `exclude` are relative to it. */
  base: string;
  /** The same path relative to the project's folder, with slashes, so that it is equal in every checkout. */
  folder?: string;
  exclude: readonly string[];
  /** Fewer files than this is an error, not an empty extract. */
  minFiles: number;
  format: Format;
  /** The files of this machine that may be read. */
  readable?: ReadableSettings;
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

/** The location of the service and the credentials. */
export interface S3Access {
  /** The region; if undefined, AWS_REGION or the profile's. */
  region?: string;
  endpoint?: string;
  /** The variable or key of AWS's own that gave the endpoint, if it is not written. */
  endpointFrom?: string;
  /**
   * Requests `endpoint/bucket/key` instead of `bucket.endpoint/key`. If undefined, an endpoint decides: true if there
   * is one.
   */
  pathStyle?: boolean;
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

export type Format = CsvFormat | JsonLinesFormat | ParquetFormat | WorkbookFormat;

/** The settings of a format by which bytes become text. */
export type TextSettings = Pick<CsvFormat, 'encoding' | 'compression' | 'emptyFiles'> & ArchiveSettings;

/** The settings for files in archives. */
export interface ArchiveSettings {
  /** The patterns for the files that are read; if undefined, all are. */
  entries?: readonly string[];
  /** The bytes to which an archive may unpack. */
  maxUnpacked?: number;
}

/** The settings of a format by which text becomes values. */
export type ValueNotation = Pick<
  CsvFormat,
  'nulls' | 'dateOrder' | 'isDateOrderSet' | 'decimal' | 'thousands'
>;

/**
 * Settings that are written only where they differ from the default: records of applied tables hold a format as it is.
 */
interface AnyFormat {
  /** Files without any byte have no rows. Without it they are an error. */
  emptyFiles?: 'skip';
}

export interface ParquetFormat extends AnyFormat {
  type: 'parquet';
}

/** One JSON object in each line. Its numbers are JSON's own: `decimal` and `thousands` are those of texts. */
export interface JsonLinesFormat extends AnyFormat, TextSettings, ValueNotation {
  type: 'jsonl';
}

/** A sheet of an Excel workbook. The null strings are texts of cells, and errors such as #N/A. */
export interface WorkbookFormat extends AnyFormat, ValueNotation {
  type: 'xlsx';
  /** If undefined, the first sheet. */
  sheet?: string;
  /** The first row is a header, as that of CSV. */
  header: boolean;
  byPosition?: true;
  /** Rows above the header or the first row of data. */
  skipLines?: number;
  /** Rows without a cell between others are passed over. Without it they are an error. */
  emptyRows?: 'skip';
  /** Merged cells but the first are NULL. Without it they are an error. */
  mergedCells?: 'keep';
  /** The bytes to which the file may unpack. */
  maxUnpacked?: number;
}

/** `csv`, or `text` for PostgreSQL's tab-separated COPY text format. */
export interface CsvFormat extends AnyFormat, ArchiveSettings {
  type: 'csv' | 'text';
  delimiter: string;
  /** The quote character; if undefined, no character is a quote. */
  quote: string | undefined;
  escape: string | undefined;
  /** With `keep`, a quote inside an unquoted field is data; otherwise it is an error. */
  strayQuotes?: 'keep';
  /** The first record is a header. Columns are then matched by its names, in any order. */
  header: boolean;
  /** The header is passed over: fields are the columns, one by one. */
  byPosition?: true;
  /** The number of lines before the first record that are skipped, whatever they contain. */
  skipLines?: number;
  /** Lines that begin with this character are no records. */
  comment?: string;
  /** Unquoted fields equal to one of these are NULL. */
  nulls: readonly string[];
  /** A WHATWG encoding label in lower case. */
  encoding: string;
  /** The order in dates that are not ISO: 1/2/2024. */
  dateOrder: 'MDY' | 'DMY' | 'YMD';
  /** The user wrote the order: it is not assumed, so that 01.02.2024 has one meaning. */
  isDateOrderSet?: true;
  /** The sign before the fraction of a number or a second; undefined is the point. */
  decimal?: string;
  /** The sign between groups of three digits; if undefined, there is none. */
  thousands?: string;
  compression: 'none' | 'gzip' | 'zip' | 'by-name';
}
