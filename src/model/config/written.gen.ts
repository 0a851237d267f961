/* Generated from schemas/ by test/support/generate-types.ts (npm run generate). */

/**
 * What a YAML file of ours may hold, before defaults, substitution and references are followed.
 */
export type Written = Pipeline | Project;
/**
 * A connection of extracts.yaml by name, or a source written here.
 */
export type Source = ConnectionSource | InlineSource;
/**
 * A key or glob, or a list of them. What stands before the first wildcard becomes the prefix of the listing.
 *
 * @minItems 1
 */
export type Match = string | string[] | null;
/**
 * Globs of files to leave out.
 */
export type Exclude = string | string[] | null;
/**
 * How the bytes are to be read: a name, or a name with options. Without it the extension of the path decides: .csv, .csv.gz, .parquet.
 */
export type Format = FormatOptions | ('csv' | 'text' | 'parquet' | null);
/**
 * An object that holds the names of the columns (row 1) and maybe their types (row 2), in the delimiter and encoding of the format. Read when planning.
 */
export type HeaderFile = {
  /**
   * Its key, in the bucket of the source.
   */
  key: string;
  /**
   * Row 2 holds the types. Without it all columns are text.
   */
  types?: boolean | null;
} | null;
/**
 * A source of one kind; type says which.
 */
export type InlineSource = PostgresSource | FileSource | S3Source;
/**
 * TLS, in libpq's words: a mode, or a mode with a certificate authority and a client certificate. verify-full checks the chain and the host name, verify-ca the chain, require only encrypts.
 */
export type PostgresTls = PostgresTlsSettings | ('disable' | 'require' | 'verify-ca' | 'verify-full' | null);
/**
 * A type such as `int not null`, or a map when there is more to say.
 */
export type Column = ColumnSettings | string;
/**
 * What infinity and -infinity of a date, a timestamp or an interval become: NULL, or an error. Here null is a value and un-sets no default.
 */
export type OnInfinite = 'error' | 'null' | null;
/**
 * For numeric columns: half_up rounds decimals beyond the scale, halves away from zero. Without it such a value is an error; null un-sets a default.
 */
export type Round = 'half_up' | null;
/**
 * An IANA time zone. Instants become its wall clock in date and timestamp columns, and times without a zone are its wall clock in timestamptz columns. Without it the former are errors and the latter UTC; null un-sets a default.
 */
export type AtZone = string | null;
/**
 * For time, timestamp and timestamptz columns: microseconds cuts off digits after the sixth. Without it such a value is an error; null un-sets a default.
 */
export type Truncate = 'microseconds' | null;
/**
 * A text with references to the file a row is from; or a map that takes a part of it and gives it a type.
 */
export type AddedColumn = AddedColumnSettings | string;
/**
 * How rows get into the extract: all of them each time, or what is new to the extract of last time.
 */
export type Load = {
  /**
   * full: every row is read and the table is built anew. append: rows beyond the highest cursor are added, or those of new files. upsert: they take the place of rows with the same primary key. replace_window: the rows of the last so many days are read again.
   */
  mode?: 'full' | 'append' | 'upsert' | 'replace_window' | null;
  /**
   * append and upsert, PostgreSQL: the column, or the columns compared one after the other, whose value is higher in every new row.
   *
   * @minItems 1
   */
  cursor?: string | string[] | null;
  /**
   * append and upsert: how far behind the highest cursor is read again, for rows that come late. A number with a unit (s, m, h, d, w) where the first cursor column is a date or timestamp, a number where it is one.
   */
  lag?: string | number | null;
  /**
   * append, upsert and replace_window: what becomes of rows whose cursor is NULL. error: the run fails. include: they are read every time. exclude: they are left out.
   */
  nulls?: 'error' | 'include' | 'exclude' | null;
  deletes?: LoadDeletes;
  /**
   * append and upsert with a primary key: whether all keys of the source are read when something has changed, and rows with another key deleted.
   */
  reconcile_keys?: boolean | null;
  /**
   * replace_window, PostgreSQL: the date or timestamp that the window is about.
   */
  column?: string | null;
  /**
   * replace_window: how far back the window goes. A number with a unit: s, m, h, d or w.
   */
  last?: string | null;
  /**
   * append, instead of a cursor: the rows of new files are added, those of replaced ones read again. Sources of files and objects only.
   */
  by?: 'file' | null;
  /**
   * append by file: what becomes of the rows of files that are gone. error: the run fails. keep: they stay. delete: they go, too.
   */
  on_vanished?: 'error' | 'keep' | 'delete' | null;
  full_refresh?: FullRefresh;
} | null;
/**
 * append and upsert with a primary key: a query of the source that gives the keys of rows that were deleted there.
 */
export type LoadDeletes = {
  /**
   * A SELECT with the columns of the primary key, in its order.
   */
  query: string;
} | null;
/**
 * append, upsert and replace_window: when all rows are read again although there is no need.
 */
export type FullRefresh = {
  /**
   * How long after the last time. A number with a unit: s, m, h, d or w.
   */
  every: string;
} | null;
/**
 * error: the extract is rejected, and what was published before stands. warn: it is told.
 */
export type CheckSeverity = 'error' | 'warn';
/**
 * No two rows have the same values in these columns taken together. Rows with a NULL among them are left out.
 */
export type UniqueCheck = UniqueCheckSettings | string[];
/**
 * None of these columns has a NULL.
 */
export type NotNullCheck = NotNullCheckSettings | string[];
/**
 * table.column, or a table and several columns.
 */
export type RelationshipEnd = RelationshipColumns | string;
/**
 * The Tableau data source that the extract is put into: a file, or one that is generated. Without a template the bare .hyper is delivered.
 */
export type Template = TemplateFile | TemplateGenerated;
/**
 * How the extract is packed into the .tdsx: not at all, fast (about half the size), or best (a little smaller, much slower).
 */
export type PackageCompression = 'store' | 'fast' | 'best';
/**
 * What people see of a column: a caption, or a map when there is more to say.
 */
export type GenerateColumn = GenerateColumnSettings | string;
/**
 * The formula of a real number, or a map when there is more to say.
 */
export type GenerateCalculation = GenerateCalculationSettings | string;
/**
 * Fields by column or caption. Where two tables have a column of one name, the second field is called `name (Table)`.
 *
 * @minItems 1
 */
export type FieldNames = string[];
/**
 * The fields of a folder, or a map when there are hierarchies in it.
 */
export type Folder = FolderSettings | FieldNames;
/**
 * A destination of extracts.yaml by name, or one written here.
 */
export type Destination = NamedDestination | InlineDestination;
/**
 * The project: its path with a slash between the levels (a slash inside a name is written \/), the names as a list, or {id: …}. Default: default.
 */
export type TableauProject = TableauProjectId | (string | string[]);
/**
 * Tags of the data source. Without them, those on the server stay.
 */
export type Tags = string[];
/**
 * What people have set on the server and is set again where publishing resets it: tags are then added to theirs instead of replacing them.
 */
export type Keep = ('description' | 'tags' | 'certification')[];
/**
 * A destination of one kind; type says which.
 */
export type InlineDestination = FileDestination | TableauDestination;
/**
 * Where it is kept what was applied; type says which kind of place.
 */
export type State = FileState | S3State;

/**
 * One file is one pipeline: tables from sources, put into one extract, delivered to destinations.
 */
export interface Pipeline {
  /**
   * The version of this format.
   */
  version: 1;
  /**
   * The pipeline's address: unique over all files of a run. State is kept under it, and it is the default name of the extract.
   */
  name: string;
  /**
   * What the extract is for. Also describes its published data sources, unless their destination says otherwise.
   */
  description?: string;
  /**
   * Words to find or choose pipelines by.
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
   * Which columns refer to which: declared in the extract as assumed foreign keys, and in a generated template as relationships.
   */
  relationships?: Relationship[];
  extract?: Extract;
  template?: Template;
  /**
   * Where the finished extract goes. Without any, the staged .hyper is the result.
   */
  destinations?: Destination[];
  /**
   * What was called otherwise before. May stay: what is done already is passed over.
   */
  moved?: Move[];
  defaults?: Defaults;
}
/**
 * One extract for each item: the file describes a family of pipelines, NAME[KEY]. One of items, file and query says which there are; ${each.key} and ${each.COLUMN} stand for their values.
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
  /**
   * More items than this are an error: a guard against a wrong list.
   */
  max?: number;
  /**
   * Fewer items than this are an error; 0 allows an empty list.
   */
  min?: number;
  /**
   * What becomes of an item that is gone from the list. forget: only its record goes; delete: also its staged extract, its files and its publications, where they still are as we left them.
   */
  on_removed?: 'forget' | 'delete';
}
/**
 * A query of a PostgreSQL source, asked read-only when planning. Its column key names the items.
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
 * A connection that extracts.yaml defines. Of an S3 connection, what it is about may stand beside its name.
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
   * Fewer files than this is an error, not an empty extract.
   */
  min_files?: number | string | null;
  /**
   * More bytes than this in all objects that match is an error: a number, or with a unit (MB, MiB, GB, GiB).
   */
  max_bytes?: number | string | null;
  format?: Format;
  header_file?: HeaderFile;
}
export interface FormatOptions {
  /**
   * csv, PostgreSQL's tab-separated text format, or Parquet.
   */
  type?: 'csv' | 'text' | 'parquet' | null;
  /**
   * Between fields: one ASCII character. Default: a comma for csv, a tab for text.
   */
  delimiter?: string | null;
  /**
   * Around fields that hold a delimiter or a line break: one ASCII character, or none if quotes mean nothing in the file. csv only.
   */
  quote?: string | null;
  /**
   * Before a quote inside quotes: one ASCII character. Default: the quote itself. csv only.
   */
  escape?: string | null;
  /**
   * A quote inside an unquoted field (24" Monitor): an error, or kept as it is written. csv only.
   */
  stray_quotes?: 'error' | 'keep' | null;
  /**
   * true: the first record names the columns, which are matched by name in any order. false: there is no header, and fields are matched by position. skip: the first record is passed over, and fields are matched by position. Default: true for csv, false for text, which knows false and skip.
   */
  header?: true | false | 'skip' | null;
  /**
   * So many lines at the beginning of each file are passed over, whatever is in them.
   */
  skip_lines?: number | string | null;
  /**
   * Lines that begin with this character are no records, unless a quote is open: one ASCII character.
   */
  comment?: string | null;
  /**
   * A file without any byte is an error, or has no rows.
   */
  empty_files?: 'error' | 'skip' | null;
  /**
   * Unquoted fields equal to this text, or to one of these, are NULL. Default: the empty field for csv, \N for text.
   */
  null?: string | string[] | null;
  /**
   * A label of the WHATWG Encoding Standard.
   */
  encoding?: string | null;
  /**
   * How to read dates that are not ISO, such as 1/2/2024.
   */
  date_order?: 'MDY' | 'DMY' | 'YMD' | null;
  /**
   * Before the fraction of a number, and of a second.
   */
  decimal?: '.' | ',' | null;
  /**
   * Between groups of three digits. Without it a separated number is an error.
   */
  thousands?: ',' | '.' | ' ' | ' ' | ' ' | "'" | '’' | '_' | null;
  /**
   * by-name: gzip when the file's name ends in .gz.
   */
  compression?: 'none' | 'gzip' | 'by-name' | null;
}
/**
 * A PostgreSQL database: by url, by parts, or by a url with parts that win over it.
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
   * Host name, address, or the folder of a Unix socket; several with commas between them are tried in order.
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
   * Its password. Take it from ${secret.NAME} or ${file./path}, so that it is in no file of the repository.
   */
  password?: string | null;
  ssl?: PostgresTls;
  /**
   * Settings of the session, as in PGOPTIONS.
   */
  options?: string | null;
  /**
   * Which of several hosts is wanted: any, or one whose sessions may write, a standby, ….
   */
  target_session_attrs?: 'any' | 'read-write' | 'read-only' | 'primary' | 'standby' | 'prefer-standby' | null;
}
export interface PostgresTlsSettings {
  /**
   * How much is checked.
   */
  mode: 'disable' | 'require' | 'verify-ca' | 'verify-full';
  /**
   * A PEM file with certificate authorities, relative to the file that names it.
   */
  ca?: string | null;
  /**
   * A PEM file with the certificate that the client shows, relative to the file that names it. Needs key.
   */
  cert?: string | null;
  /**
   * A PEM file with the private key of cert, without a passphrase, which nobody else may read (0600).
   */
  key?: string | null;
}
/**
 * Files on this machine; all that match make one table.
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
   * Fewer files than this is an error, not an empty extract.
   */
  min_files?: number | string | null;
  format?: Format;
}
/**
 * Objects of an S3 bucket; all that match make one table. bucket and match may also stand beside connection.
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
   * Fewer files than this is an error, not an empty extract.
   */
  min_files?: number | string | null;
  /**
   * More bytes than this in all objects that match is an error: a number, or with a unit (MB, MiB, GB, GiB).
   */
  max_bytes?: number | string | null;
  format?: Format;
  header_file?: HeaderFile;
  /**
   * Where the bucket is. Default: AWS_REGION, or the profile's region.
   */
  region?: string | null;
  /**
   * The URL of another service that speaks S3 (MinIO, R2, GCS), or of a VPC endpoint.
   */
  endpoint?: string | null;
  /**
   * https://host/bucket/key instead of https://bucket.host/key. Default: true where endpoint is set.
   */
  path_style?: boolean | null;
  /**
   * Agree to pay for requests to a bucket whose owner wants that.
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
   * What the role's trust policy asks for as external id.
   */
  external_id?: string | null;
  /**
   * A key of its own, instead of the AWS default chain (environment, profile, container, instance).
   */
  access_key_id?: string | null;
  /**
   * The secret of that key. Take it from ${secret.NAME} or ${file./path}.
   */
  secret_access_key?: string | null;
  /**
   * The token of temporary keys.
   */
  session_token?: string | null;
  /**
   * Send no signature: for public buckets.
   */
  anonymous?: boolean | null;
}
/**
 * One table of the extract: where its rows come from and which columns it promises.
 */
export interface Table {
  from: From;
  /**
   * Columns of this table that together name a row: verified, and declared in the extract as an assumed key.
   *
   * @minItems 1
   */
  primary_key?: string[];
  /**
   * Whether rows that are read are searched for two with the same primary_key before the key is declared. false declares it unverified: Tableau believes it, and a key that is not unique makes totals wrong.
   */
  verify_key?: boolean | null;
  /**
   * The contract: every column by name, in the order of the extract. With columns_from only those that differ from the header file.
   */
  columns?: {
    [k: string]: Column;
  };
  /**
   * header_file: the columns are those of the source's header_file; what stands under columns wins over them.
   */
  columns_from?: 'header_file';
  /**
   * Columns about the file a row is from, after the others. Sources of files only.
   */
  add?: {
    [k: string]: AddedColumn;
  };
  load?: Load;
  /**
   * What must hold of the table's rows before anything is published.
   */
  checks?: Check[];
  on_infinite?: OnInfinite;
  round?: Round;
  at_zone?: AtZone;
  truncate?: Truncate;
}
/**
 * Which part of a source fills the table. A file source needs no more than its name.
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
   * PostgreSQL: values for $1, $2, … of query, sent apart from its text.
   */
  params?: (string | number | boolean | null)[];
  change_detection?: ChangeDetection;
}
/**
 * PostgreSQL: how to tell that a view or a query has new rows. Without it they are read every time.
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
   * A NULL from the source is an error.
   */
  not_null?: boolean;
  /**
   * The column's exact name in the source, where it differs.
   */
  from?: string;
  /**
   * PostgreSQL: an SQL expression instead of a column.
   */
  expr?: string;
  /**
   * Files and S3: files whose header (or Parquet schema) lacks the column have NULL there. Without it that is an error.
   */
  optional?: boolean;
  /**
   * What the column means.
   */
  description?: string;
  /**
   * Values of this column are masked where a report shows rows.
   */
  sensitive?: boolean;
  on_infinite?: OnInfinite;
  round?: Round;
  at_zone?: AtZone;
  truncate?: Truncate;
}
export interface AddedColumnSettings {
  /**
   * Text with ${file.name}, ${file.path}, ${file.key}, ${file.last_modified} or ${file.etag} in it.
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
   * What the column means.
   */
  description?: string;
  /**
   * Values of this column are masked where a report shows rows.
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
 * How many rows the table has.
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
   * At most so many percent more or fewer than at the last apply. Without one there is nothing to compare with, and the check passes.
   */
  max_change?: string;
  severity?: CheckSeverity;
  /**
   * What the check is called in reports. Default: its kind and columns.
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
   * What the check is called in reports. Default: its kind and columns.
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
   * What the check is called in reports. Default: its kind and columns.
   */
  name?: string;
}
/**
 * The column has no other values than these, or NULL.
 */
export interface AcceptedValuesCheck {
  /**
   * A column of the table.
   */
  column: string;
  /**
   * In the type of the column.
   *
   * @minItems 1
   */
  values: (string | number | boolean)[];
  severity?: CheckSeverity;
  /**
   * What the check is called in reports. Default: its kind and columns.
   */
  name?: string;
}
/**
 * The values of a column of numbers, dates or times lie within bounds, or are NULL.
 */
export interface RangeCheck {
  /**
   * A column of the table.
   */
  column: string;
  /**
   * The least value that is allowed.
   */
  min?: number | string;
  /**
   * The greatest value that is allowed.
   */
  max?: number | string;
  severity?: CheckSeverity;
  /**
   * What the check is called in reports. Default: its kind and columns.
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
   * The whole value has to match. The syntax is that of RE2: no look-ahead, no back references.
   */
  matches: string;
  severity?: CheckSeverity;
  /**
   * What the check is called in reports. Default: its kind and columns.
   */
  name?: string;
}
/**
 * Every row refers to a row that there is, or to none (NULL).
 */
export interface RelationshipCheck {
  /**
   * A column of the table.
   */
  column?: string;
  /**
   * Several columns that refer together, in the order of the other side.
   *
   * @minItems 1
   */
  columns?: string[];
  to: RelationshipEnd;
  severity?: CheckSeverity;
  /**
   * What the check is called in reports. Default: its kind and columns.
   */
  name?: string;
}
export interface RelationshipColumns {
  /**
   * A table of this pipeline.
   */
  table: string;
  /**
   * Its columns, in the order of the other side.
   *
   * @minItems 1
   */
  columns: string[];
}
/**
 * The latest date of a column is not too long ago, by the clock of the machine that applies. Dates and timestamps without a time zone are those of UTC.
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
   * What the check is called in reports. Default: its kind and columns.
   */
  name?: string;
}
/**
 * A query of the extract gives the value that is expected. Tables are named as in this file.
 */
export interface SqlCheck {
  /**
   * What the check is called in reports.
   */
  name: string;
  /**
   * One SELECT with one row and one column, in Hyper's SQL, which is close to PostgreSQL's.
   */
  query: string;
  /**
   * The value: a number, a text, true, false or null.
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
   * What a generated template promises Tableau: how many rows of from and of to belong together. Tableau counts wrongly where that is not so.
   */
  cardinality?: 'many-to-one' | 'one-to-many' | 'one-to-one' | 'many-to-many';
}
/**
 * The .hyper file that is built before it is delivered.
 */
export interface Extract {
  /**
   * The schema inside the .hyper that holds all tables.
   */
  schema?: string | null;
  /**
   * Hyper database version: 3 opens in Tableau 2022.4 and later, 2 also in older ones.
   */
  version?: 2 | 3 | null;
  /**
   * Where it is staged, relative to this file. Default: build/NAME.hyper beside extracts.yaml.
   */
  file?: string | null;
}
/**
 * A .tdsx or .tds file that the extract is put into. It is only read.
 */
export interface TemplateFile {
  /**
   * A .tdsx or .tds file, relative to this file.
   */
  file: string;
  /**
   * Whether data files in the .tdsx that its data source does not name stay in it: a second .hyper, a CSV. Without it they are left out, because they may hold rows of somebody else.
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
 * What people see of the extract in Tableau. Tables, columns, types and relationships are those of the pipeline; everything that is left out has Tableau's own default.
 */
export interface Generate {
  /**
   * What the data source is called in its package. Default: the name of the pipeline.
   */
  name?: string;
  /**
   * The oldest Tableau that has to open it, 2020.2 or later. From 2024.3 on some tags are spelled in another way.
   */
  tableau?: string;
  /**
   * Captions and columns, by the names of the pipeline's tables.
   */
  tables?: {
    [k: string]: GenerateTable;
  };
  /**
   * Calculated fields: caption and formula. A formula names fields by column or caption: [sales], [Profit Ratio].
   */
  calculations?: {
    [k: string]: GenerateCalculation;
  };
  /**
   * Fields to drill down, from the widest to the narrowest, by the name of the hierarchy.
   */
  hierarchies?: {
    [k: string]: FieldNames;
  };
  /**
   * Folders of fields, by name. A field may also say its folder itself.
   */
  folders?: {
    [k: string]: Folder;
  };
}
/**
 * What people see of a table.
 */
export interface GenerateTable {
  /**
   * What people see in the place of the table's name.
   */
  caption?: string;
  /**
   * What the table is about.
   */
  description?: string;
  /**
   * What people see of the columns, by their names. Those left out are fields as well.
   */
  columns?: {
    [k: string]: GenerateColumn;
  };
}
export interface GenerateColumnSettings {
  /**
   * What people see in the place of the column's name.
   */
  caption?: string;
  /**
   * What the field means. Default: the description of the column.
   */
  description?: string;
  /**
   * Text, dates and truth values are dimensions, numbers are measures, unless said otherwise.
   */
  role?: 'dimension' | 'measure';
  /**
   * Numbers and dates on an axis instead of as headers. Measures are, dimensions are not, unless said otherwise.
   */
  continuous?: boolean;
  /**
   * What Tableau does with the field when it is put into a view.
   */
  aggregation?: 'sum' | 'avg' | 'min' | 'max' | 'count' | 'countd' | 'median' | 'attribute' | 'none';
  /**
   * The default number or date format, in Tableau's notation.
   */
  format?: string;
  /**
   * Formulas may use the field, people do not see it.
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
   * What people see in the place of a value; the key %null% stands for missing values.
   */
  aliases?: {
    [k: string]: string;
  };
  /**
   * Tableau's own name of the field, which workbooks refer to: keep it when column or caption change.
   */
  local_name?: string;
}
export interface GenerateCalculationSettings {
  /**
   * In Tableau's language. Strings and comments are left alone.
   */
  formula: string;
  /**
   * What the formula gives.
   */
  datatype?: 'string' | 'integer' | 'real' | 'boolean' | 'date' | 'datetime' | 'spatial';
  /**
   * What the field means: the text people see when they hover over it.
   */
  description?: string;
  /**
   * Text, dates and truth values are dimensions, numbers are measures, unless said otherwise.
   */
  role?: 'dimension' | 'measure';
  /**
   * Numbers and dates on an axis instead of as headers. Measures are, dimensions are not, unless said otherwise.
   */
  continuous?: boolean;
  /**
   * What Tableau does with the field when it is put into a view.
   */
  aggregation?: 'sum' | 'avg' | 'min' | 'max' | 'count' | 'countd' | 'median' | 'attribute' | 'none';
  /**
   * The default number or date format, in Tableau's notation.
   */
  format?: string;
  /**
   * Formulas may use the field, people do not see it.
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
   * What people see in the place of a value; the key %null% stands for missing values.
   */
  aliases?: {
    [k: string]: string;
  };
  /**
   * Tableau's own name of the field, which workbooks refer to: keep it when column or caption change.
   */
  local_name?: string;
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
 * A destination that extracts.yaml defines; keys beside use win over its own.
 */
export interface NamedDestination {
  /**
   * The name under destinations in extracts.yaml.
   */
  use: string;
  /**
   * A .hyper file, or a .tdsx where the pipeline has a template; relative to the file that names it. Folders are made.
   */
  path?: string;
  project?: TableauProject;
  /**
   * Whether projects that are missing on the path are made.
   */
  create_project?: boolean;
  /**
   * Name of the data source. Default: the name of the pipeline.
   */
  name?: string;
  /**
   * create: never replaces anything; overwrite: replaces the data source of that name, which keeps its id, owner and permissions; append: adds the rows.
   */
  mode?: 'create' | 'overwrite' | 'append';
  /**
   * publish: sends the whole extract; update: changes rows of a live-to-Hyper data source in place.
   */
  method?: 'publish' | 'update';
  /**
   * With method update, what the extract's rows do to the published ones: they are inserted, update those with the same primary key (update), update or are inserted (upsert), take the place of all (replace), or name by primary key those to delete.
   */
  action?: 'insert' | 'update' | 'upsert' | 'replace' | 'delete';
  where?: Where;
  /**
   * With action insert, the identity of the batch: equal rows are inserted once for each identity within a day. Another identity is a change: the rows are inserted again, also of an extract that has not changed.
   */
  batch?: string;
  /**
   * Whether other pipelines deliver to the same data source: at most one that publishes all rows, and any number that insert, update, upsert or delete rows. Each of them says so.
   */
  shared?: boolean;
  /**
   * Description of the data source. Default: that of the pipeline; without either, the one on the server stays.
   */
  description?: string;
  tags?: Tags;
  /**
   * Whether the data source is certified. Without it, that stays as it is on the server.
   */
  certified?: boolean;
  /**
   * Why it is certified.
   */
  certification_note?: string;
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
 * With action delete, columns and the values that they have in the rows to delete; with a primary key both must match.
 */
export interface Where {
  [k: string]: string | number | boolean;
}
/**
 * A file on this machine, replaced in one move.
 */
export interface FileDestination {
  /**
   * The kind of destination.
   */
  type: 'file';
  /**
   * A .hyper file, or a .tdsx where the pipeline has a template; relative to the file that names it. Folders are made.
   */
  path: string;
}
/**
 * A published data source on Tableau Server or Cloud.
 */
export interface TableauDestination {
  /**
   * The kind of destination.
   */
  type: 'tableau';
  /**
   * Address of the server, without a path. https, except on this machine.
   */
  server: string;
  /**
   * The site's content URL: the part after /site/ in the address bar. Empty for the Default site of a Tableau Server.
   */
  site?: string;
  auth: TableauAuth;
  /**
   * PEM file with certificate authorities to trust beside the usual ones, relative to the file that names it.
   */
  ca?: string;
  /**
   * Whether plain http may go further than this machine.
   */
  allow_insecure?: boolean;
  /**
   * Seconds without a byte after which a request counts as lost.
   */
  timeout?: number | string;
  /**
   * Seconds to wait for a job of the server.
   */
  job_timeout?: number | string;
  /**
   * Files below this size go in one request, others in chunks: bytes, or a number with a unit. 64MiB at most.
   */
  request_limit?: number | string;
  /**
   * Size of one chunk, and what is held in memory: bytes, or a number with a unit. 64MiB at most.
   */
  chunk_size?: number | string;
  project?: TableauProject;
  /**
   * Whether projects that are missing on the path are made.
   */
  create_project?: boolean;
  /**
   * Name of the data source. Default: the name of the pipeline.
   */
  name?: string;
  /**
   * create: never replaces anything; overwrite: replaces the data source of that name, which keeps its id, owner and permissions; append: adds the rows.
   */
  mode?: 'create' | 'overwrite' | 'append';
  /**
   * publish: sends the whole extract; update: changes rows of a live-to-Hyper data source in place.
   */
  method?: 'publish' | 'update';
  /**
   * With method update, what the extract's rows do to the published ones: they are inserted, update those with the same primary key (update), update or are inserted (upsert), take the place of all (replace), or name by primary key those to delete.
   */
  action?: 'insert' | 'update' | 'upsert' | 'replace' | 'delete';
  where?: Where;
  /**
   * With action insert, the identity of the batch: equal rows are inserted once for each identity within a day. Another identity is a change: the rows are inserted again, also of an extract that has not changed.
   */
  batch?: string;
  /**
   * Whether other pipelines deliver to the same data source: at most one that publishes all rows, and any number that insert, update, upsert or delete rows. Each of them says so.
   */
  shared?: boolean;
  /**
   * With method update, the most that the server takes in one update (api.server.extract-updates.max-size): bytes, or a number with a unit. More is sent in portions.
   */
  update_limit?: number | string;
  /**
   * Description of the data source. Default: that of the pipeline; without either, the one on the server stays.
   */
  description?: string;
  tags?: Tags;
  /**
   * Whether the data source is certified. Without it, that stays as it is on the server.
   */
  certified?: boolean;
  /**
   * Why it is certified.
   */
  certification_note?: string;
  keep?: Keep;
}
/**
 * Who signs in: a personal access token, a user with a password, or a user through a connected app.
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
   * A pool of personal access tokens: each process that applies uses one that no other is using.
   *
   * @minItems 1
   */
  tokens?: TableauToken[];
  /**
   * Name of the user; with a connected app, whom it lets in.
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
   * Scopes that the connected app asks for.
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
 * A new name for something that was applied under another: the plan then tells a rename instead of a removal and an addition.
 */
export interface Move {
  /**
   * The address it had: PIPELINE, PIPELINE.TABLE, PIPELINE.TABLE.COLUMN, or PIPELINE[KEY] of an item of for_each.
   */
  from: string;
  /**
   * The address it has now.
   */
  to: string;
}
/**
 * Settings for whatever does not say otherwise. Those of a pipeline win over those of extracts.yaml; null un-sets one.
 */
export interface Defaults {
  extract?: ExtractDefaults;
  tables?: TableDefaults;
  sources?: SourceDefaults;
}
/**
 * For extract.
 */
export interface ExtractDefaults {
  /**
   * The schema inside the .hyper that holds all tables.
   */
  schema?: string | null;
  /**
   * Hyper database version: 3 opens in Tableau 2022.4 and later, 2 also in older ones.
   */
  version?: 2 | 3 | null;
}
/**
 * For every table.
 */
export interface TableDefaults {
  load?: Load;
  on_infinite?: OnInfinite;
  /**
   * Whether rows that are read are searched for two with the same primary_key before the key is declared. false declares it unverified: Tableau believes it, and a key that is not unique makes totals wrong.
   */
  verify_key?: boolean | null;
  round?: Round;
  at_zone?: AtZone;
  truncate?: Truncate;
}
/**
 * For sources, by their type.
 */
export interface SourceDefaults {
  postgres?: PostgresSourceDefaults;
  file?: FileSourceDefaults;
  s3?: S3SourceDefaults;
}
/**
 * For sources of type postgres.
 */
export interface PostgresSourceDefaults {
  /**
   * Host name, address, or the folder of a Unix socket; several with commas between them are tried in order.
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
   * Its password. Take it from ${secret.NAME} or ${file./path}, so that it is in no file of the repository.
   */
  password?: string | null;
  ssl?: PostgresTls;
}
/**
 * For sources of type file.
 */
export interface FileSourceDefaults {
  exclude?: Exclude;
  /**
   * Fewer files than this is an error, not an empty extract.
   */
  min_files?: number | string | null;
  format?: Format;
}
/**
 * For sources of type s3.
 */
export interface S3SourceDefaults {
  /**
   * Where the bucket is. Default: AWS_REGION, or the profile's region.
   */
  region?: string | null;
  /**
   * The URL of another service that speaks S3 (MinIO, R2, GCS), or of a VPC endpoint.
   */
  endpoint?: string | null;
  /**
   * https://host/bucket/key instead of https://bucket.host/key. Default: true where endpoint is set.
   */
  path_style?: boolean | null;
  /**
   * Agree to pay for requests to a bucket whose owner wants that.
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
   * What the role's trust policy asks for as external id.
   */
  external_id?: string | null;
  /**
   * Send no signature: for public buckets.
   */
  anonymous?: boolean | null;
  exclude?: Exclude;
  /**
   * Fewer files than this is an error, not an empty extract.
   */
  min_files?: number | string | null;
  /**
   * More bytes than this in all objects that match is an error: a number, or with a unit (MB, MiB, GB, GiB).
   */
  max_bytes?: number | string | null;
  format?: Format;
}
/**
 * extracts.yaml: what all pipelines of a folder share. The file is optional.
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
   * The kind of place.
   */
  type: 'file';
  /**
   * The folder, relative to extracts.yaml.
   */
  path: string;
}
/**
 * A bucket, for runs that share no disk. The service must know conditional writes.
 */
export interface S3State {
  /**
   * The kind of place.
   */
  type: 's3';
  /**
   * Name of the bucket.
   */
  bucket: string;
  /**
   * What the keys begin with: PREFIX/ADDRESS.json and PREFIX/ADDRESS.lock.
   */
  prefix?: string;
  /**
   * Where the bucket is. Default: AWS_REGION, or the profile's region.
   */
  region?: string | null;
  /**
   * The URL of another service that speaks S3 (MinIO, R2, GCS), or of a VPC endpoint.
   */
  endpoint?: string | null;
  /**
   * https://host/bucket/key instead of https://bucket.host/key. Default: true where endpoint is set.
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
   * What the role's trust policy asks for as external id.
   */
  external_id?: string | null;
  /**
   * A key of its own, instead of the AWS default chain (environment, profile, container, instance).
   */
  access_key_id?: string | null;
  /**
   * The secret of that key. Take it from ${secret.NAME} or ${file./path}.
   */
  secret_access_key?: string | null;
  /**
   * The token of temporary keys.
   */
  session_token?: string | null;
}
/**
 * What one run may use of this machine.
 */
export interface Limits {
  /**
   * How many tables are read at once, over all pipelines.
   */
  parallel?: number | string;
  /**
   * How many connections to one PostgreSQL server there are at once, over all pipelines.
   */
  connections?: number | string;
  /**
   * What the Hyper engine may use: bytes, or a number with a unit (MB, MiB, GB, GiB). Default: the engine's own.
   */
  memory?: number | string;
}
/**
 * What no pipeline of the project may do. A plan that does is blocked with exit code 3, and no flag opens that.
 */
export interface Policy {
  /**
   * Names that no column may have, in the extract or in its source: `*` stands for any characters, `?` for one, case does not matter.
   */
  forbidden_columns?: string[];
  /**
   * What must have a description.
   */
  require_description?: ('pipeline' | 'columns')[];
  /**
   * The paths of the Tableau projects that may be published to, with `*` and `?` as in forbidden_columns.
   */
  allowed_projects?: string[];
  /**
   * The hosts that sources and destinations may be on, with `*` and `?`: names of PostgreSQL and Tableau servers and of S3 endpoints (`s3.REGION.amazonaws.com` where there is no endpoint), with `:port` where only that port is meant.
   */
  allowed_hosts?: string[];
  /**
   * What may be read of files: sources, templates, lists of items, certificates and `${file./path}`. Files, or folders with all below them, relative to the folder of extracts.yaml or absolute; `*` stands for characters in a name, `**` for any number of folders. A symbolic link counts as what it leads to.
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
   * No table may have more rows than this, as its source estimates them.
   */
  max_rows?: number | string;
  /**
   * No pipeline may read more than this, as its sources estimate it: bytes, or a number with a unit (MB, MiB, GB, GiB).
   */
  max_bytes?: number | string;
}
