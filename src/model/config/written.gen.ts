/* Generated from schemas/ by test/support/generate-types.ts (npm run generate). */

/**
 * What a YAML file of ours may hold, before defaults, substitution and references are followed.
 */
export type Written = Pipeline | Project;
/**
 * A connection of extracts.yaml by name, or a source defined here.
 */
export type Source = ConnectionSource | InlineSource;
/**
 * A key or glob, or a list of them. The part before the first wildcard becomes the prefix of the listing.
 *
 * @minItems 1
 */
export type Match = string | string[] | null;
/**
 * Globs of files to leave out.
 */
export type Exclude = string | string[] | null;
/**
 * How to read the files: a name, or a name with options. Without it, the extension of the path decides: .csv, .csv.gz, .jsonl, .ndjson, .parquet, .xlsx; .zip means csv.
 */
export type Format = FormatOptions | ('csv' | 'text' | 'jsonl' | 'parquet' | 'xlsx' | null);
/**
 * An object that holds the names of the columns (row 1) and optionally their types (row 2), in the delimiter and encoding of the format. It is read when planning.
 */
export type HeaderFile = {
  /**
   * Its key, in the bucket of the source.
   */
  key: string;
  /**
   * If true, row 2 holds the types. Otherwise all columns are text.
   */
  types?: boolean | null;
} | null;
/**
 * How much of the server this source may use.
 */
export type SourceLimits = {
  /**
   * How many of the connections to the server this source uses at once, across all pipelines. Default: as many as limits.connections of extracts.yaml.
   */
  connections?: number | string | null;
} | null;
/**
 * A source; type selects its kind.
 */
export type InlineSource = PostgresSource | FileSource | S3Source;
/**
 * TLS, in libpq's terms: a mode, or a mode with a certificate authority and a client certificate. verify-full checks the chain and the host name, verify-ca checks the chain, require only encrypts.
 */
export type PostgresTls = PostgresTlsSettings | ('disable' | 'require' | 'verify-ca' | 'verify-full' | null);
/**
 * A type such as `int not null`, or a map for further settings.
 */
export type Column = ColumnSettings | string;
/**
 * How infinity and -infinity of a date, a timestamp or an interval are read: as NULL, or as an error. Here null is a value and does not unset a default.
 */
export type OnInfinite = 'error' | 'null' | null;
/**
 * For numeric columns: half_up rounds decimals beyond the scale, halves away from zero. Without it, such a value is an error; null unsets a default.
 */
export type Round = 'half_up' | null;
/**
 * An IANA time zone. In date and timestamp columns, instants become its wall clock time; in timestamptz columns, times without a zone are its wall clock time. Without it, the former are errors and the latter are UTC; null unsets a default.
 */
export type AtZone = string | null;
/**
 * For time, timestamp and timestamptz columns: microseconds removes digits after the sixth. Without it, such a value is an error; null unsets a default.
 */
export type Truncate = 'microseconds' | null;
/**
 * A text with references to the file that a row comes from, or a map that extracts a part of it and gives it a type.
 */
export type AddedColumn = AddedColumnSettings | string;
/**
 * How rows get into the extract: all of them each time, or only new ones added to the last extract.
 */
export type Load = {
  /**
   * full: every row is read and the table is rebuilt. append: rows above the highest cursor, or those of new files, are added. upsert: new rows replace rows with the same primary key. replace_window: the rows of a recent period are read again.
   */
  mode?: 'full' | 'append' | 'upsert' | 'replace_window' | null;
  /**
   * append and upsert, PostgreSQL: the column, or the columns compared in order, whose value is higher in every new row.
   *
   * @minItems 1
   */
  cursor?: string | string[] | null;
  /**
   * append and upsert: how far below the highest cursor rows are read again, for rows that arrive late. A number with a unit (s, m, h, d, w) if the first cursor column is a date or timestamp, a plain number if it is a number.
   */
  lag?: string | number | null;
  /**
   * append, upsert and replace_window: what happens to rows whose cursor is NULL. error: the run fails. include: they are read every time. exclude: they are left out.
   */
  nulls?: 'error' | 'include' | 'exclude' | null;
  deletes?: LoadDeletes;
  /**
   * append and upsert with a primary key: whether to read all keys of the source when something has changed, and to delete rows with any other key.
   */
  reconcile_keys?: boolean | null;
  /**
   * replace_window, PostgreSQL: the date or timestamp column of the window.
   */
  column?: string | null;
  /**
   * replace_window: how far back the window goes. A number with a unit: s, m, h, d or w.
   */
  last?: string | null;
  /**
   * append, instead of a cursor: the rows of new files are added, those of changed files are read again. For files and S3 only.
   */
  by?: 'file' | null;
  /**
   * append by file: what happens to the rows of removed files. error: the run fails. keep: they are kept. delete: they are deleted.
   */
  on_vanished?: 'error' | 'keep' | 'delete' | null;
  full_refresh?: FullRefresh;
} | null;
/**
 * append and upsert with a primary key: a query on the source that returns the keys of deleted rows.
 */
export type LoadDeletes = {
  /**
   * A SELECT with the columns of the primary key, in its order.
   */
  query: string;
} | null;
/**
 * append, upsert and replace_window: when to read all rows again even if nothing requires it.
 */
export type FullRefresh = {
  /**
   * The interval since the last full read. A number with a unit: s, m, h, d or w.
   */
  every: string;
} | null;
/**
 * PostgreSQL: how all rows of a table are read. It changes no value, so nothing is read again because of it.
 */
export type Read = {
  /**
   * How many connections read the table together, each a part of its blocks, at one snapshot. auto: one for a table of less than 1 GiB, otherwise up to four, at most half of limits.connections.
   */
  parallel?: number | string | null;
} | null;
/**
 * error: the extract is rejected, and the published data is unchanged. warn: it is reported.
 */
export type CheckSeverity = 'error' | 'warn';
/**
 * No two rows have the same combination of values in these columns. Rows with a NULL among them are ignored.
 */
export type UniqueCheck = UniqueCheckSettings | string[];
/**
 * None of these columns contains NULL.
 */
export type NotNullCheck = NotNullCheckSettings | string[];
/**
 * table.column, or a table and several columns.
 */
export type RelationshipEnd = RelationshipColumns | string;
/**
 * The Tableau data source that the extract is put into: a file, or a generated one. Without a template, the bare .hyper is delivered.
 */
export type Template = TemplateFile | TemplateGenerated;
/**
 * How the extract is compressed in the package: store (not at all), fast (about half the size), or best (a little smaller, much slower).
 */
export type PackageCompression = 'store' | 'fast' | 'best';
/**
 * How users see a column: a caption, or a map for further settings.
 */
export type GenerateColumn = GenerateColumnSettings | string;
/**
 * The formula of a real number, or a map for further settings.
 */
export type GenerateCalculation = GenerateCalculationSettings | string;
/**
 * The value of the parameter, or a map for further settings. Any value of its type can be chosen unless list or range says otherwise.
 */
export type GenerateParameter = GenerateParameterSettings | (string | number | boolean);
/**
 * Fields by column, table.column or caption. If two tables have a column of the same name, the second field is also called `name (Table)`.
 *
 * @minItems 1
 */
export type FieldNames = string[];
/**
 * The fields of a folder, or a map if it also contains hierarchies.
 */
export type Folder = FolderSettings | FieldNames;
/**
 * A destination of extracts.yaml by name, or one defined here.
 */
export type Destination = NamedDestination | InlineDestination;
/**
 * The project: its path with a slash between the levels (a slash inside a name is written \/), the names as a list, or {id: …}. Default: default.
 */
export type TableauProject = TableauProjectId | (string | string[]);
/**
 * The tags of the data source or workbook. If omitted, those on the server are kept.
 */
export type Tags = string[];
/**
 * Details set by people on the server that are restored if publishing resets them. Your tags are then added to theirs instead of replacing them.
 */
export type Keep = ('description' | 'tags' | 'certification')[];
/**
 * A destination; type selects its kind.
 */
export type InlineDestination = FileDestination | TableauDestination;
/**
 * Where the state is kept; type selects the kind of storage.
 */
export type State = FileState | S3State | PostgresState;

/**
 * One file is one pipeline: tables from sources are loaded into one extract, which is delivered to destinations.
 */
export interface Pipeline {
  /**
   * The version of this format.
   */
  version: 1;
  /**
   * The pipeline's address, unique across all files of a run. State is kept under it, and it is the default name of the extract.
   */
  name: string;
  /**
   * The purpose of the extract. Also describes its published data sources, unless their destination has a description.
   */
  description?: string;
  /**
   * Labels to find or select pipelines by.
   */
  tags?: string[];
  for_each?: ForEach;
  /**
   * Where rows come from, by the name that tables use in from.source.
   */
  sources: {
    [k: string]: Source;
  };
  /**
   * The tables of the extract, by name and in the order written.
   */
  tables: {
    [k: string]: Table;
  };
  /**
   * The columns that refer to each other: declared in the extract as assumed foreign keys, and in a generated template as relationships.
   */
  relationships?: Relationship[];
  extract?: Extract;
  template?: Template;
  /**
   * Where the finished extract goes. Without any, the staged .hyper is the result.
   */
  destinations?: Destination[];
  /**
   * Things that had another name before. Entries may remain: completed renames are skipped.
   */
  moved?: Move[];
  defaults?: Defaults;
}
/**
 * One extract for each item: the file describes a family of pipelines, NAME[KEY]. One of items, file, query, prefixes and folders gives the items; ${each.key} and ${each.COLUMN} are replaced by their values, ${each.name} by the name of a folder.
 */
export interface ForEach {
  /**
   * The items: a list of keys, or a map of keys to their values.
   */
  items?:
    | {
        [k: string]: {
          [k: string]: string | number | boolean | null;
        } | null;
      }
    | string[];
  /**
   * A .csv file with a header, or a .json file with a list of objects or an object of objects; relative to this file.
   */
  file?: string;
  query?: ForEachQuery;
  prefixes?: ForEachPrefixes;
  folders?: ForEachFolders;
  /**
   * The largest allowed number of items: a guard against a wrong list.
   */
  max?: number;
  /**
   * The smallest allowed number of items; 0 allows an empty list.
   */
  min?: number;
  /**
   * How an item is treated that was removed from the list. forget removes only its record. delete also deletes its staged extract, its files and its publications, if they are unchanged since extracts wrote them; for prefixes and folders only after the folder was missing for a day.
   */
  on_removed?: 'forget' | 'delete';
}
/**
 * A query on a PostgreSQL source, run read-only when planning. Its column key names the items.
 */
export interface ForEachQuery {
  /**
   * A name under sources.
   */
  source: string;
  /**
   * A SELECT with a column named key.
   */
  sql: string;
}
/**
 * The folders of a bucket: each common prefix of its keys, up to the next slash, is an item.
 */
export interface ForEachPrefixes {
  /**
   * A name under sources, of type s3.
   */
  source: string;
  /**
   * The prefix that holds the folders. Without it they are at the top of the bucket.
   */
  under?: string;
}
/**
 * The folders in a folder of this machine: each one is an item.
 */
export interface ForEachFolders {
  /**
   * The folder that holds them, relative to this file.
   */
  path: string;
}
/**
 * A connection that extracts.yaml defines. Beside the name of one to PostgreSQL limits may be set, beside one to S3 the objects: bucket, match and so on.
 */
export interface ConnectionSource {
  /**
   * The name under connections in extracts.yaml.
   */
  connection: string;
  /**
   * Name of the bucket.
   */
  bucket?: string | null;
  match?: Match;
  exclude?: Exclude;
  /**
   * If fewer files match than this, the run ends with an error instead of an empty extract.
   */
  min_files?: number | string | null;
  /**
   * The largest total size of all objects that match: bytes, or a number with a unit (MB, MiB, GB, GiB). More is an error.
   */
  max_bytes?: number | string | null;
  format?: Format;
  header_file?: HeaderFile;
  limits?: SourceLimits;
}
export interface FormatOptions {
  /**
   * csv, PostgreSQL's tab-separated text format, JSON lines (one object in each line), Parquet, or an Excel workbook.
   */
  type?: 'csv' | 'text' | 'jsonl' | 'parquet' | 'xlsx' | null;
  /**
   * The separator of fields: one ASCII character. Default: a comma for csv, a tab for text.
   */
  delimiter?: string | null;
  /**
   * The quote around fields that contain a delimiter or a line break: one ASCII character, or none if quotes have no meaning in the file. csv only.
   */
  quote?: string | null;
  /**
   * The character before a quote inside a quoted field: one ASCII character. Default: the quote itself. csv only.
   */
  escape?: string | null;
  /**
   * How a quote inside an unquoted field (24" Monitor) is read: as an error, or literally. csv only.
   */
  stray_quotes?: 'error' | 'keep' | null;
  /**
   * true: the first record names the columns, which are matched by name in any order. false: there is no header, and fields are matched by position. skip: the first record is skipped, and fields are matched by position. Default: true for csv, false for text, which supports false and skip only.
   */
  header?: true | false | 'skip' | null;
  /**
   * The number of lines (Excel: rows) to skip at the beginning of each file, whatever they contain.
   */
  skip_lines?: number | string | null;
  /**
   * One ASCII character: lines that begin with it are skipped, unless a quote is open.
   */
  comment?: string | null;
  /**
   * How a file of zero bytes is read: as an error, or as a file without rows.
   */
  empty_files?: 'error' | 'skip' | null;
  /**
   * Unquoted fields equal to this text, or to one of these, are NULL; in jsonl and xlsx, texts equal to it. Default: the empty field for csv, \N for text, nothing for jsonl and xlsx.
   */
  null?: string | string[] | null;
  /**
   * A label of the WHATWG Encoding Standard.
   */
  encoding?: string | null;
  /**
   * How to read dates that are not ISO, such as 1/2/2024. Without it 1.2.2024, which can be read in two ways, is an error.
   */
  date_order?: 'MDY' | 'DMY' | 'YMD' | null;
  /**
   * The character before the fraction of a number, and of a second.
   */
  decimal?: '.' | ',' | null;
  /**
   * The separator between groups of three digits. Without it, a number with separators is an error.
   */
  thousands?: ',' | '.' | ' ' | ' ' | ' ' | "'" | '’' | '_' | null;
  /**
   * by-name means gzip if the file's name ends in .gz, and zip if it ends in .zip.
   */
  compression?: 'none' | 'gzip' | 'zip' | 'by-name' | null;
  /**
   * Excel: the name of the sheet. Default: the first one.
   */
  sheet?: string | null;
  /**
   * Excel: how an empty row between others is read: as an error, or not at all.
   */
  empty_rows?: 'error' | 'skip' | null;
  /**
   * Excel: how merged cells are read: as an error, or as the file has them: the first has the value, the others are NULL.
   */
  merged_cells?: 'error' | 'keep' | null;
  /**
   * Zip: the files in an archive that are read, by pattern; * does not cross folders, ** does. Default: all of them.
   */
  entries?: string | string[] | null;
  /**
   * Zip and Excel: the bytes to which a file may unpack, or a number with a unit (MB, MiB, GB, GiB). Default: 1 GiB, or 200 times its size.
   */
  max_unpacked?: number | string | null;
}
/**
 * A PostgreSQL database: by url, by single keys, or by a url with keys that override it.
 */
export interface PostgresSource {
  /**
   * The kind of source.
   */
  type: 'postgres';
  /**
   * A connection URI as libpq reads it.
   */
  url?: string | null;
  /**
   * Host name, address, or the folder of a Unix socket; several, separated by commas, are tried in order.
   */
  host?: string | null;
  /**
   * TCP port, or a reference such as ${env.PGPORT}.
   */
  port?: number | string | null;
  /**
   * Name of the database.
   */
  database?: string | null;
  /**
   * Role to log in as.
   */
  user?: string | null;
  /**
   * The role's password. Take it from ${secret.NAME} or ${file./path} to keep it out of the repository.
   */
  password?: string | null;
  ssl?: PostgresTls;
  /**
   * Settings of the session, as in PGOPTIONS.
   */
  options?: string | null;
  /**
   * Which of several hosts to use: any, or one whose sessions may write, a standby, ….
   */
  target_session_attrs?: 'any' | 'read-write' | 'read-only' | 'primary' | 'standby' | 'prefer-standby' | null;
  limits?: SourceLimits;
}
export interface PostgresTlsSettings {
  /**
   * How much of the certificate is checked.
   */
  mode: 'disable' | 'require' | 'verify-ca' | 'verify-full';
  /**
   * A PEM file with certificate authorities, relative to the file that names it.
   */
  ca?: string | null;
  /**
   * A PEM file with the client certificate, relative to the file that names it. Requires key.
   */
  cert?: string | null;
  /**
   * A PEM file with the private key of cert, without a passphrase, that no other user may read (0600).
   */
  key?: string | null;
}
/**
 * Files on this machine; all files that match become one table.
 */
export interface FileSource {
  /**
   * The kind of source.
   */
  type: 'file';
  /**
   * A path or glob, or a list of them, relative to the file that names it.
   *
   * @minItems 1
   */
  path: string | string[];
  exclude?: Exclude;
  /**
   * If fewer files match than this, the run ends with an error instead of an empty extract.
   */
  min_files?: number | string | null;
  format?: Format;
}
/**
 * Objects of an S3 bucket; all objects that match become one table. bucket and match may also be set beside connection.
 */
export interface S3Source {
  /**
   * The kind of source.
   */
  type: 's3';
  /**
   * Name of the bucket.
   */
  bucket?: string | null;
  match?: Match;
  exclude?: Exclude;
  /**
   * If fewer files match than this, the run ends with an error instead of an empty extract.
   */
  min_files?: number | string | null;
  /**
   * The largest total size of all objects that match: bytes, or a number with a unit (MB, MiB, GB, GiB). More is an error.
   */
  max_bytes?: number | string | null;
  format?: Format;
  header_file?: HeaderFile;
  /**
   * The region of the bucket. Default: AWS_REGION, or the profile's region.
   */
  region?: string | null;
  /**
   * The URL of another service that speaks S3 (MinIO, R2, GCS), or of a VPC endpoint.
   */
  endpoint?: string | null;
  /**
   * If true, URLs have the form https://host/bucket/key instead of https://bucket.host/key. Default: true if endpoint is set.
   */
  path_style?: boolean | null;
  /**
   * If true, requests to a bucket whose owner does not pay for them are charged to your account.
   */
  requester_pays?: boolean | null;
  /**
   * A profile of the AWS configuration files.
   */
  profile?: string | null;
  /**
   * A role to assume with the credentials found.
   */
  role_arn?: string | null;
  /**
   * The external id that the role's trust policy requires.
   */
  external_id?: string | null;
  /**
   * An explicit access key, instead of the AWS default chain (environment, profile, container, instance).
   */
  access_key_id?: string | null;
  /**
   * The secret of that key. Take it from ${secret.NAME} or ${file./path}.
   */
  secret_access_key?: string | null;
  /**
   * The session token of temporary keys.
   */
  session_token?: string | null;
  /**
   * If true, requests are sent without a signature, for public buckets.
   */
  anonymous?: boolean | null;
}
/**
 * One table of the extract: where its rows come from and which columns it has.
 */
export interface Table {
  from: From;
  /**
   * Columns that together identify a row: verified, and declared in the extract as an assumed key.
   *
   * @minItems 1
   */
  primary_key?: string[];
  /**
   * If true, no two rows may have the same primary_key; that is checked before the key is declared. false declares it unverified: Tableau trusts it, and a key that is not unique makes totals wrong.
   */
  verify_key?: boolean | null;
  /**
   * The contract: every column by name, in the order of the extract. With columns_from, only columns that differ from the header file.
   */
  columns?: {
    [k: string]: Column;
  };
  /**
   * header_file: the columns are those of the source's header_file; entries under columns override them.
   */
  columns_from?: 'header_file';
  /**
   * Columns about the file that a row comes from, after the others. For files and S3 only.
   */
  add?: {
    [k: string]: AddedColumn;
  };
  load?: Load;
  read?: Read;
  /**
   * Checks that the table's rows must pass before anything is published.
   */
  checks?: Check[];
  on_infinite?: OnInfinite;
  round?: Round;
  at_zone?: AtZone;
  truncate?: Truncate;
}
/**
 * The part of a source that fills the table. A file source needs only its name.
 */
export interface From {
  /**
   * A name under sources.
   */
  source: string;
  /**
   * PostgreSQL: a table, view or partitioned table, exactly as the catalog spells it. Double quotes keep a dot inside a name.
   */
  table?: string;
  /**
   * PostgreSQL: an SQL condition on the rows of table.
   */
  where?: string;
  /**
   * PostgreSQL: a SELECT instead of a table.
   */
  query?: string;
  /**
   * PostgreSQL: values for $1, $2, … of query, sent separately from its text.
   */
  params?: (string | number | boolean | null)[];
  change_detection?: ChangeDetection;
}
/**
 * PostgreSQL: how to detect that a view or a query has new rows. Without it, they are read every time.
 */
export interface ChangeDetection {
  /**
   * A query whose one value changes whenever the rows do.
   */
  sql: string;
}
export interface ColumnSettings {
  /**
   * boolean, smallint, int, bigint, real, double, numeric(p,s), text, varchar(n), char(n), date, time, timestamp, timestamptz, interval, bytes, json, geography or oid; `not null` may follow.
   */
  type: string;
  /**
   * If true, a NULL from the source is an error.
   */
  not_null?: boolean;
  /**
   * The column's exact name in the source, if it differs. In JSON lines also a path to a value inside a record, which begins with $: $.customer.name, $.lines[0].sku, $["unit price"].
   */
  from?: string;
  /**
   * PostgreSQL: an SQL expression instead of a column.
   */
  expr?: string;
  /**
   * Files and S3: the column is NULL for files whose header (or Parquet schema) lacks it, and for JSON lines that lack its key. Otherwise such a file or line is an error.
   */
  optional?: boolean;
  /**
   * The meaning of the column.
   */
  description?: string;
  /**
   * Reports that show rows mask the values of this column.
   */
  sensitive?: boolean;
  on_infinite?: OnInfinite;
  round?: Round;
  at_zone?: AtZone;
  truncate?: Truncate;
}
export interface AddedColumnSettings {
  /**
   * A text that contains ${file.name}, ${file.path}, ${file.key}, ${file.last_modified}, ${file.etag} or ${file.entry}, the file inside an archive.
   */
  from: string;
  /**
   * A regular expression with one group, which becomes the value. A file that does not match is an error.
   */
  pattern?: string;
  /**
   * The column's type; `not null` may follow.
   */
  type?: string;
  /**
   * The meaning of the column.
   */
  description?: string;
  /**
   * Reports that show rows mask the values of this column.
   */
  sensitive?: boolean;
}
/**
 * One check of the rows of a table, made in the finished extract before anything is published.
 */
export interface Check {
  row_count?: RowCountCheck;
  unique?: UniqueCheck;
  not_null?: NotNullCheck;
  accepted_values?: AcceptedValuesCheck;
  range?: RangeCheck;
  pattern?: PatternCheck;
  relationship?: RelationshipCheck;
  freshness?: FreshnessCheck;
  sql?: SqlCheck;
}
/**
 * The number of rows of the table.
 */
export interface RowCountCheck {
  /**
   * At least this many.
   */
  min?: number | string;
  /**
   * At most this many.
   */
  max?: number | string;
  /**
   * The largest change since the last apply, in percent, up or down. Without an earlier apply there is nothing to compare with, and the check passes.
   */
  max_change?: string;
  severity?: CheckSeverity;
  /**
   * The name of the check in reports. Default: its kind and columns.
   */
  name?: string;
}
export interface UniqueCheckSettings {
  /**
   * Columns of the table.
   *
   * @minItems 1
   */
  columns: string[];
  severity?: CheckSeverity;
  /**
   * The name of the check in reports. Default: its kind and columns.
   */
  name?: string;
}
export interface NotNullCheckSettings {
  /**
   * Columns of the table.
   *
   * @minItems 1
   */
  columns: string[];
  severity?: CheckSeverity;
  /**
   * The name of the check in reports. Default: its kind and columns.
   */
  name?: string;
}
/**
 * Every value of the column is one of these, or NULL.
 */
export interface AcceptedValuesCheck {
  /**
   * A column of the table.
   */
  column: string;
  /**
   * The allowed values, in the type of the column.
   *
   * @minItems 1
   */
  values: (string | number | boolean)[];
  severity?: CheckSeverity;
  /**
   * The name of the check in reports. Default: its kind and columns.
   */
  name?: string;
}
/**
 * Every value of a column of numbers, dates or times is within the bounds, or NULL.
 */
export interface RangeCheck {
  /**
   * A column of the table.
   */
  column: string;
  /**
   * The smallest allowed value.
   */
  min?: number | string;
  /**
   * The largest allowed value.
   */
  max?: number | string;
  severity?: CheckSeverity;
  /**
   * The name of the check in reports. Default: its kind and columns.
   */
  name?: string;
}
/**
 * Every value of a text column matches a regular expression, or is NULL.
 */
export interface PatternCheck {
  /**
   * A column of the table.
   */
  column: string;
  /**
   * A regular expression that the whole value must match, in the syntax of RE2: no look-ahead, no back references.
   */
  matches: string;
  severity?: CheckSeverity;
  /**
   * The name of the check in reports. Default: its kind and columns.
   */
  name?: string;
}
/**
 * Every row refers to a row that exists, or to none (NULL).
 */
export interface RelationshipCheck {
  /**
   * A column of the table.
   */
  column?: string;
  /**
   * Several columns that refer together, in the same order as on the other side.
   *
   * @minItems 1
   */
  columns?: string[];
  to: RelationshipEnd;
  severity?: CheckSeverity;
  /**
   * The name of the check in reports. Default: its kind and columns.
   */
  name?: string;
}
export interface RelationshipColumns {
  /**
   * A table of this pipeline.
   */
  table: string;
  /**
   * Its columns, in the same order as on the other side.
   *
   * @minItems 1
   */
  columns: string[];
}
/**
 * The latest date of a column is not too old, by the clock of the machine that applies. Dates and timestamps without a time zone are UTC.
 */
export interface FreshnessCheck {
  /**
   * A column of the table.
   */
  column: string;
  /**
   * A number with a unit: s, m, h, d or w.
   */
  max_age: string;
  severity?: CheckSeverity;
  /**
   * The name of the check in reports. Default: its kind and columns.
   */
  name?: string;
}
/**
 * A query on the extract returns the expected value. Tables have the names of this file.
 */
export interface SqlCheck {
  /**
   * The name of the check in reports.
   */
  name: string;
  /**
   * One SELECT with one row and one column, in Hyper's SQL, which is close to PostgreSQL's.
   */
  query: string;
  /**
   * The expected value: a number, a text, true, false or null.
   */
  expect: number | string | boolean | null;
  severity?: CheckSeverity;
}
/**
 * Rows of from refer to one row of to.
 */
export interface Relationship {
  from: RelationshipEnd;
  to: RelationshipEnd;
  /**
   * How many rows of from and of to belong together. A generated template declares it to Tableau; if it is wrong, Tableau counts wrongly.
   */
  cardinality?: 'many-to-one' | 'one-to-many' | 'one-to-one' | 'many-to-many';
}
/**
 * The .hyper file that is built before it is delivered.
 */
export interface Extract {
  /**
   * The schema in the .hyper that holds all tables.
   */
  schema?: string | null;
  /**
   * The Hyper database version: 3 opens in Tableau 2022.4 and later, 2 also in older versions.
   */
  version?: 2 | 3 | null;
  /**
   * The path of the staged extract, relative to this file. Default: build/NAME.hyper beside extracts.yaml.
   */
  file?: string | null;
}
/**
 * A data source (.tdsx, .tds) or workbook (.twbx, .twb) that the extract is put into. The file itself is only read.
 */
export interface TemplateFile {
  /**
   * A .tdsx, .tds, .twbx or .twb file, relative to this file.
   */
  file: string;
  /**
   * The data source of a workbook that gets the extract, by its caption or name. Required if the workbook has several; the others stay as they are.
   */
  datasource?: string;
  /**
   * The .hyper file to replace, by its name in the package. Required if the data source reads several; the others stay as they are.
   */
  extract?: string;
  /**
   * If true, data files in the package that its data sources do not name are kept: a second .hyper, a CSV. By default they are left out, because they may contain another user's rows.
   */
  keep_unnamed?: boolean;
  compression?: PackageCompression;
}
/**
 * A data source made from this pipeline, without Tableau Desktop.
 */
export interface TemplateGenerated {
  generate: Generate;
  compression?: PackageCompression;
}
/**
 * How users see the extract in Tableau. Tables, columns, types and relationships are those of the pipeline; anything omitted has Tableau's own default.
 */
export interface Generate {
  /**
   * The name of the data source in its package. Default: the name of the pipeline.
   */
  name?: string;
  /**
   * The oldest version of Tableau that must open it, 2020.2 or later. From 2024.3 on some tags are spelled differently.
   */
  tableau?: string;
  /**
   * title: columns and tables without a caption get one from their name: Invoice Date from invoice_date. By default, users see the name.
   */
  captions?: 'title';
  /**
   * Captions and columns, by the table names of the pipeline.
   */
  tables?: {
    [k: string]: GenerateTable;
  };
  /**
   * Calculated fields: caption and formula. A formula names fields by column, table.column or caption: [sales], [orders.sales], [Profit Ratio].
   */
  calculations?: {
    [k: string]: GenerateCalculation;
  };
  /**
   * Values that users choose, by caption. A formula names them by caption: [Parameters].[Target], or [Target] if no field has that name.
   */
  parameters?: {
    [k: string]: GenerateParameter;
  };
  /**
   * Fields to drill down, from the widest to the narrowest, by the name of the hierarchy.
   */
  hierarchies?: {
    [k: string]: FieldNames;
  };
  /**
   * Folders of fields, by name. A field may also name its folder itself.
   */
  folders?: {
    [k: string]: Folder;
  };
}
/**
 * How users see a table.
 */
export interface GenerateTable {
  /**
   * The text that users see instead of the table's name.
   */
  caption?: string;
  /**
   * The subject of the table.
   */
  description?: string;
  /**
   * How users see the columns, by name. Columns that are not listed are fields, too.
   */
  columns?: {
    [k: string]: GenerateColumn;
  };
}
export interface GenerateColumnSettings {
  /**
   * The text that users see instead of the column's name.
   */
  caption?: string;
  /**
   * The meaning of the field. Default: the description of the column.
   */
  description?: string;
  /**
   * The role of the field in Tableau. Default: text, dates, booleans and columns of a primary key or a relationship are dimensions, other numbers are measures.
   */
  role?: 'dimension' | 'measure';
  /**
   * If true, numbers and dates are shown on an axis instead of as headers. Default: true for measures, false for dimensions.
   */
  continuous?: boolean;
  /**
   * How Tableau aggregates the field when it is added to a view.
   */
  aggregation?: 'sum' | 'avg' | 'min' | 'max' | 'count' | 'countd' | 'median' | 'attribute' | 'none';
  /**
   * The default number or date format, in Tableau's notation.
   */
  format?: string;
  /**
   * If true, the field is hidden from users; formulas may still use it.
   */
  hidden?: boolean;
  /**
   * The folder that the field is in.
   */
  folder?: string;
  /**
   * The geographic role; country_code is ISO 3166-1 alpha-2.
   */
  geo?:
    | 'country'
    | 'country_code'
    | 'state'
    | 'county'
    | 'city'
    | 'zip_code'
    | 'area_code'
    | 'latitude'
    | 'longitude';
  /**
   * Texts that users see instead of values; the key %null% is for missing values.
   */
  aliases?: {
    [k: string]: string;
  };
  /**
   * Tableau's own name of the field, which workbooks refer to: keep it when the column or caption changes.
   */
  local_name?: string;
}
export interface GenerateCalculationSettings {
  /**
   * The formula in Tableau's language. Strings and comments are left unchanged.
   */
  formula: string;
  /**
   * The type of the formula's result.
   */
  datatype?: 'string' | 'integer' | 'real' | 'boolean' | 'date' | 'datetime' | 'spatial';
  /**
   * The meaning of the field: the text that users see when they hover over it.
   */
  description?: string;
  /**
   * The role of the field in Tableau. Default: text, dates and booleans are dimensions, numbers are measures.
   */
  role?: 'dimension' | 'measure';
  /**
   * If true, numbers and dates are shown on an axis instead of as headers. Default: true for measures, false for dimensions.
   */
  continuous?: boolean;
  /**
   * How Tableau aggregates the field when it is added to a view.
   */
  aggregation?: 'sum' | 'avg' | 'min' | 'max' | 'count' | 'countd' | 'median' | 'attribute' | 'none';
  /**
   * The default number or date format, in Tableau's notation.
   */
  format?: string;
  /**
   * If true, the field is hidden from users; formulas may still use it.
   */
  hidden?: boolean;
  /**
   * The folder that the field is in.
   */
  folder?: string;
  /**
   * The geographic role; country_code is ISO 3166-1 alpha-2.
   */
  geo?:
    | 'country'
    | 'country_code'
    | 'state'
    | 'county'
    | 'city'
    | 'zip_code'
    | 'area_code'
    | 'latitude'
    | 'longitude';
  /**
   * Texts that users see instead of values; the key %null% is for missing values.
   */
  aliases?: {
    [k: string]: string;
  };
  /**
   * Tableau's own name of the field, which workbooks refer to: keep it when the column or caption changes.
   */
  local_name?: string;
}
export interface GenerateParameterSettings {
  /**
   * The value until a user chooses another one. Dates are 2026-01-31, dates with times 2026-01-31 09:30:00.
   */
  value: string | number | boolean;
  /**
   * The type of its values. Default: integer for a whole number, real for another one, boolean for true and false, otherwise string.
   */
  datatype?: 'string' | 'integer' | 'real' | 'boolean' | 'date' | 'datetime';
  /**
   * The only values that can be chosen.
   *
   * @minItems 1
   */
  list?: (string | number | boolean)[];
  range?: ParameterRangeSettings;
  /**
   * Texts that users see instead of values of the list.
   */
  aliases?: {
    [k: string]: string;
  };
  /**
   * The meaning of the parameter.
   */
  description?: string;
  /**
   * The number or date format, in Tableau's notation.
   */
  format?: string;
  /**
   * Tableau's own name of the parameter, which workbooks refer to: keep it when the caption changes.
   */
  local_name?: string;
}
/**
 * The bounds of the values that can be chosen, of numbers and dates.
 */
export interface ParameterRangeSettings {
  /**
   * The lowest value. Default: no bound.
   */
  min?: string | number;
  /**
   * The highest value. Default: no bound.
   */
  max?: string | number;
  /**
   * The distance between two values that can be chosen. Default: chosen by Tableau.
   */
  step?: number;
  /**
   * The unit of the step between dates.
   */
  unit?:
    | 'year'
    | 'iso-year'
    | 'quarter'
    | 'iso-quarter'
    | 'month'
    | 'week'
    | 'iso-week'
    | 'day'
    | 'hour'
    | 'minute'
    | 'second';
}
export interface FolderSettings {
  fields?: FieldNames;
  /**
   * Names of hierarchies.
   *
   * @minItems 1
   */
  hierarchies?: string[];
}
/**
 * A destination that extracts.yaml defines; keys beside use override its own.
 */
export interface NamedDestination {
  /**
   * The name under destinations in extracts.yaml.
   */
  use: string;
  /**
   * A .hyper file, or a .tdsx if the pipeline has a template, or a .twbx if that is a workbook; relative to the file that names it. Missing folders are created.
   */
  path?: string;
  project?: TableauProject;
  /**
   * If true, missing projects on the path are created.
   */
  create_project?: boolean;
  /**
   * Name of the data source or workbook. Default: the name of the pipeline.
   */
  name?: string;
  /**
   * create never replaces anything. overwrite replaces the data source or workbook of that name, which keeps its id, owner and permissions. append adds the rows to a data source.
   */
  mode?: 'create' | 'overwrite' | 'append';
  /**
   * publish sends the whole extract. update changes rows of a live-to-Hyper data source in place.
   */
  method?: 'publish' | 'update';
  /**
   * With method update, what the extract's rows do to the published rows. insert adds them, update changes rows with the same primary key, upsert changes or adds them, replace replaces all rows, and delete deletes the rows with these primary keys.
   */
  action?: 'insert' | 'update' | 'upsert' | 'replace' | 'delete';
  where?: Where;
  /**
   * With action insert, the identity of the batch: the same rows are inserted once per identity within a day. A new identity is a change: the rows are inserted again, even if the extract has not changed.
   */
  batch?: string;
  /**
   * If true, other pipelines may deliver to the same data source: at most one that publishes all rows, and any number that insert, update, upsert or delete rows. Each of them must set it.
   */
  shared?: boolean;
  /**
   * The description of the data source or workbook. Default: the description of the pipeline; without either, the one on the server is kept.
   */
  description?: string;
  tags?: Tags;
  /**
   * true certifies the data source, false removes the certification. If omitted, the server's setting is kept.
   */
  certified?: boolean;
  /**
   * Why it is certified.
   */
  certification_note?: string;
  /**
   * For a workbook: true shows its sheets as tabs, false does not. If omitted, the setting on the server is kept.
   */
  show_tabs?: boolean;
  keep?: Keep;
}
/**
 * A project by its id.
 */
export interface TableauProjectId {
  /**
   * The project's LUID.
   */
  id: string;
}
/**
 * With action delete, columns and their values in the rows to delete; with a primary key both must match.
 */
export interface Where {
  [k: string]: string | number | boolean;
}
/**
 * A file on this machine, replaced in one rename.
 */
export interface FileDestination {
  /**
   * The kind of destination.
   */
  type: 'file';
  /**
   * A .hyper file, or a .tdsx if the pipeline has a template, or a .twbx if that is a workbook; relative to the file that names it. Missing folders are created.
   */
  path: string;
}
/**
 * A published data source on Tableau Server or Cloud, or a published workbook if the template is one.
 */
export interface TableauDestination {
  /**
   * The kind of destination.
   */
  type: 'tableau';
  /**
   * The address of the server, without a path; https unless it is this machine.
   */
  server: string;
  /**
   * The site's content URL: the part after /site/ in the address bar. Empty for the Default site of a Tableau Server.
   */
  site?: string;
  auth: TableauAuth;
  /**
   * A PEM file with certificate authorities to trust in addition to the usual ones, relative to the file that names it.
   */
  ca?: string;
  /**
   * If true, plain http to other machines is allowed.
   */
  allow_insecure?: boolean;
  /**
   * Seconds without a byte after which a request counts as lost.
   */
  timeout?: number | string;
  /**
   * Seconds to wait for a job on the server.
   */
  job_timeout?: number | string;
  /**
   * Files below this size go in one request, others in chunks: bytes, or a number with a unit. 64MiB at most.
   */
  request_limit?: number | string;
  /**
   * The size of a chunk, which is held in memory: bytes, or a number with a unit. 64MiB at most.
   */
  chunk_size?: number | string;
  project?: TableauProject;
  /**
   * If true, missing projects on the path are created.
   */
  create_project?: boolean;
  /**
   * Name of the data source or workbook. Default: the name of the pipeline.
   */
  name?: string;
  /**
   * create never replaces anything. overwrite replaces the data source or workbook of that name, which keeps its id, owner and permissions. append adds the rows to a data source.
   */
  mode?: 'create' | 'overwrite' | 'append';
  /**
   * publish sends the whole extract. update changes rows of a live-to-Hyper data source in place.
   */
  method?: 'publish' | 'update';
  /**
   * With method update, what the extract's rows do to the published rows. insert adds them, update changes rows with the same primary key, upsert changes or adds them, replace replaces all rows, and delete deletes the rows with these primary keys.
   */
  action?: 'insert' | 'update' | 'upsert' | 'replace' | 'delete';
  where?: Where;
  /**
   * With action insert, the identity of the batch: the same rows are inserted once per identity within a day. A new identity is a change: the rows are inserted again, even if the extract has not changed.
   */
  batch?: string;
  /**
   * If true, other pipelines may deliver to the same data source: at most one that publishes all rows, and any number that insert, update, upsert or delete rows. Each of them must set it.
   */
  shared?: boolean;
  /**
   * With method update, the most that the server accepts in one update (api.server.extract-updates.max-size): bytes, or a number with a unit. Larger extracts are sent in portions.
   */
  update_limit?: number | string;
  /**
   * The description of the data source or workbook. Default: the description of the pipeline; without either, the one on the server is kept.
   */
  description?: string;
  tags?: Tags;
  /**
   * true certifies the data source, false removes the certification. If omitted, the server's setting is kept.
   */
  certified?: boolean;
  /**
   * Why it is certified.
   */
  certification_note?: string;
  /**
   * For a workbook: true shows its sheets as tabs, false does not. If omitted, the setting on the server is kept.
   */
  show_tabs?: boolean;
  keep?: Keep;
}
/**
 * The credentials: a personal access token, a user with a password, or a user through a connected app.
 */
export interface TableauAuth {
  /**
   * Name of a personal access token.
   */
  token_name?: string;
  /**
   * Its secret. Take it from ${secret.NAME}.
   */
  token_secret?: string;
  /**
   * A pool of personal access tokens: each process that applies uses one that no other process is using.
   *
   * @minItems 1
   */
  tokens?: TableauToken[];
  /**
   * Name of the user; with a connected app, the user that it signs in as.
   */
  user?: string;
  /**
   * The user's password. Take it from ${secret.NAME}.
   */
  password?: string;
  /**
   * Client id of a connected app with direct trust.
   */
  client_id?: string;
  /**
   * Id of one of the app's secrets.
   */
  secret_id?: string;
  /**
   * The secret itself. Take it from ${secret.NAME}.
   */
  secret_value?: string;
  /**
   * Scopes that the connected app requests.
   *
   * @minItems 1
   */
  scopes?: string[];
}
/**
 * A personal access token of a pool.
 */
export interface TableauToken {
  /**
   * Name of the token.
   */
  token_name: string;
  /**
   * Its secret. Take it from ${secret.NAME}.
   */
  token_secret: string;
}
/**
 * A new name for something that was applied under another name: the plan then shows a rename instead of a removal and an addition.
 */
export interface Move {
  /**
   * The former address: PIPELINE, PIPELINE.TABLE, PIPELINE.TABLE.COLUMN, or PIPELINE[KEY] of an item of for_each.
   */
  from: string;
  /**
   * The current address.
   */
  to: string;
}
/**
 * Default settings. Those of a pipeline override those of extracts.yaml; null unsets one.
 */
export interface Defaults {
  extract?: ExtractDefaults;
  tables?: TableDefaults;
  sources?: SourceDefaults;
}
/**
 * Defaults for extract.
 */
export interface ExtractDefaults {
  /**
   * The schema in the .hyper that holds all tables.
   */
  schema?: string | null;
  /**
   * The Hyper database version: 3 opens in Tableau 2022.4 and later, 2 also in older versions.
   */
  version?: 2 | 3 | null;
}
/**
 * Defaults for every table.
 */
export interface TableDefaults {
  load?: Load;
  read?: Read;
  on_infinite?: OnInfinite;
  /**
   * If true, no two rows may have the same primary_key; that is checked before the key is declared. false declares it unverified: Tableau trusts it, and a key that is not unique makes totals wrong.
   */
  verify_key?: boolean | null;
  round?: Round;
  at_zone?: AtZone;
  truncate?: Truncate;
}
/**
 * Defaults for sources, by type.
 */
export interface SourceDefaults {
  postgres?: PostgresSourceDefaults;
  file?: FileSourceDefaults;
  s3?: S3SourceDefaults;
}
/**
 * Defaults for sources of type postgres.
 */
export interface PostgresSourceDefaults {
  /**
   * Host name, address, or the folder of a Unix socket; several, separated by commas, are tried in order.
   */
  host?: string | null;
  /**
   * TCP port, or a reference such as ${env.PGPORT}.
   */
  port?: number | string | null;
  /**
   * Name of the database.
   */
  database?: string | null;
  /**
   * Role to log in as.
   */
  user?: string | null;
  /**
   * The role's password. Take it from ${secret.NAME} or ${file./path} to keep it out of the repository.
   */
  password?: string | null;
  ssl?: PostgresTls;
  limits?: SourceLimits;
}
/**
 * Defaults for sources of type file.
 */
export interface FileSourceDefaults {
  exclude?: Exclude;
  /**
   * If fewer files match than this, the run ends with an error instead of an empty extract.
   */
  min_files?: number | string | null;
  format?: Format;
}
/**
 * Defaults for sources of type s3.
 */
export interface S3SourceDefaults {
  /**
   * The region of the bucket. Default: AWS_REGION, or the profile's region.
   */
  region?: string | null;
  /**
   * The URL of another service that speaks S3 (MinIO, R2, GCS), or of a VPC endpoint.
   */
  endpoint?: string | null;
  /**
   * If true, URLs have the form https://host/bucket/key instead of https://bucket.host/key. Default: true if endpoint is set.
   */
  path_style?: boolean | null;
  /**
   * If true, requests to a bucket whose owner does not pay for them are charged to your account.
   */
  requester_pays?: boolean | null;
  /**
   * A profile of the AWS configuration files.
   */
  profile?: string | null;
  /**
   * A role to assume with the credentials found.
   */
  role_arn?: string | null;
  /**
   * The external id that the role's trust policy requires.
   */
  external_id?: string | null;
  /**
   * If true, requests are sent without a signature, for public buckets.
   */
  anonymous?: boolean | null;
  exclude?: Exclude;
  /**
   * If fewer files match than this, the run ends with an error instead of an empty extract.
   */
  min_files?: number | string | null;
  /**
   * The largest total size of all objects that match: bytes, or a number with a unit (MB, MiB, GB, GiB). More is an error.
   */
  max_bytes?: number | string | null;
  format?: Format;
}
/**
 * extracts.yaml: settings that all pipelines of a folder share. The file is optional.
 */
export interface Project {
  /**
   * The version of this format.
   */
  version: 1;
  /**
   * Sources that pipelines name with {connection: NAME}.
   */
  connections?: {
    [k: string]: InlineSource;
  };
  /**
   * Destinations that pipelines name with {use: NAME}.
   */
  destinations?: {
    [k: string]: InlineDestination;
  };
  defaults?: Defaults;
  state?: State;
  limits?: Limits;
  policy?: Policy;
}
/**
 * A folder on this machine.
 */
export interface FileState {
  /**
   * The kind of storage.
   */
  type: 'file';
  /**
   * The folder, relative to extracts.yaml.
   */
  path: string;
}
/**
 * A bucket, for runs that share no disk. The service must support conditional writes.
 */
export interface S3State {
  /**
   * The kind of storage.
   */
  type: 's3';
  /**
   * Name of the bucket.
   */
  bucket: string;
  /**
   * The prefix of the keys: PREFIX/ADDRESS.json and PREFIX/ADDRESS.lock.
   */
  prefix?: string;
  /**
   * The region of the bucket. Default: AWS_REGION, or the profile's region.
   */
  region?: string | null;
  /**
   * The URL of another service that speaks S3 (MinIO, R2, GCS), or of a VPC endpoint.
   */
  endpoint?: string | null;
  /**
   * If true, URLs have the form https://host/bucket/key instead of https://bucket.host/key. Default: true if endpoint is set.
   */
  path_style?: boolean | null;
  /**
   * A profile of the AWS configuration files.
   */
  profile?: string | null;
  /**
   * A role to assume with the credentials found.
   */
  role_arn?: string | null;
  /**
   * The external id that the role's trust policy requires.
   */
  external_id?: string | null;
  /**
   * An explicit access key, instead of the AWS default chain (environment, profile, container, instance).
   */
  access_key_id?: string | null;
  /**
   * The secret of that key. Take it from ${secret.NAME} or ${file./path}.
   */
  secret_access_key?: string | null;
  /**
   * The session token of temporary keys.
   */
  session_token?: string | null;
}
/**
 * A PostgreSQL database, for runs that share no disk.
 */
export interface PostgresState {
  /**
   * The kind of storage.
   */
  type: 'postgres';
  /**
   * A connection URI as libpq reads it.
   */
  url: string;
  /**
   * The schema of the tables. It is created if this role may.
   */
  schema?: string;
  ssl?: PostgresTls;
}
/**
 * How much of this machine one run may use.
 */
export interface Limits {
  /**
   * How many tables are read at once, across all pipelines.
   */
  parallel?: number | string;
  /**
   * How many extracts are built at once, from the snapshot of their sources to the finished file. Default: one for each 512 MiB that the Hyper engine may use, at most as many as `parallel`.
   */
  builds?: number | string;
  /**
   * How many files are sent or copied to destinations at once.
   */
  uploads?: number | string;
  /**
   * How many publications are with a Tableau server at once: those that are being sent, and those whose job it works on.
   */
  server_jobs?: number | string;
  /**
   * How many publications and updates of rows begin on one Tableau site in an hour, over all processes and machines with the same state. Default: no limit.
   */
  publish_per_hour?: number | string;
  /**
   * How many connections to one PostgreSQL server are open at once, across all pipelines.
   */
  connections?: number | string;
  /**
   * The memory that the Hyper engine may use: bytes, or a number with a unit (MB, MiB, GB, GiB). Default: 80 % of the memory of the machine, or of what its container allows.
   */
  memory?: number | string;
}
/**
 * Rules for all pipelines of the project. A plan that breaks one is blocked with exit code 3, and no flag overrides it.
 */
export interface Policy {
  /**
   * Names that no column may have, in the extract or in its source: `*` matches any characters, `?` matches one, and case does not matter.
   */
  forbidden_columns?: string[];
  /**
   * The things that must have a description.
   */
  require_description?: ('pipeline' | 'columns')[];
  /**
   * The paths of the Tableau projects that may be published to, with `*` and `?` as in forbidden_columns.
   */
  allowed_projects?: string[];
  /**
   * The hosts that sources and destinations may be on, with `*` and `?`: names of PostgreSQL and Tableau servers and of S3 endpoints (`s3.REGION.amazonaws.com` if there is no endpoint), with `:port` to allow only that port.
   */
  allowed_hosts?: string[];
  /**
   * The files that may be read: sources, templates, lists of items, certificates and `${file./path}`. Files, or folders with everything below them, relative to the folder of extracts.yaml or absolute; `*` matches characters in a name, `**` any number of folders. A symbolic link counts as its target.
   */
  allowed_paths?: string[];
  /**
   * The environment variables that references may use, with `*` and `?`.
   */
  allowed_variables?: string[];
  /**
   * Kinds of checks that every table must have.
   */
  required_checks?: (
    | 'row_count'
    | 'unique'
    | 'not_null'
    | 'accepted_values'
    | 'range'
    | 'pattern'
    | 'relationship'
    | 'freshness'
    | 'sql'
  )[];
  /**
   * The largest number of rows of a table, as its source estimates it.
   */
  max_rows?: number | string;
  /**
   * The most that a pipeline may read, as its sources estimate it: bytes, or a number with a unit (MB, MiB, GB, GiB).
   */
  max_bytes?: number | string;
}
