import type { Check } from './check.ts';
import type { ColumnType } from './column-type.ts';
import type { Cardinality } from './data-source.ts';
import type { Place } from '../errors/diagnostic.ts';
import type { Destination } from './destination.ts';
import type { Load } from './load-mode.ts';
import type { Source } from './source.ts';
import type { Template } from './template.ts';
import type { ValueSettings } from './value-settings.ts';

/**
 * A pipeline as the program uses it: defaults applied, `${…}` substituted, references resolved, paths absolute. The
 * configuration as written is another type (written.gen.ts); only this one leaves config/.
 */
export interface Pipeline {
  /** Stable and unique over all files of a run: the name, with `for_each` `name[key]`. State is kept under it. */
  address: string;
  /** Items of one `for_each` share it. */
  name: string;
  /** The key of an item of `for_each`. */
  key?: string;
  description?: string;
  tags: readonly string[];
  place: Place;
  sources: Readonly<Record<string, Source>>;
  tables: readonly Table[];
  relationships: readonly Relationship[];
  extract: Extract;
  /** The template; without one, the bare .hyper is delivered. */
  template?: Template;
  destinations: readonly Destination[];
  /** The things that had another name when they were last applied. */
  moved: readonly Move[];
}

export type Move = { place: Place } & (
  | { kind: 'pipeline'; from: string }
  | { kind: 'table'; from: string; to: string }
  /** `table` is its name of today. */
  | { kind: 'column'; table: string; from: string; to: string }
);

export interface Extract {
  /** The schema inside the .hyper that holds all tables. */
  schema: string;
  /** Hyper database version: 2 opens in every Tableau since 2020.4, 3 since 2022.4. */
  version: 2 | 3;
  /** Absolute path of the staged .hyper. */
  file: string;
  /** The same path for messages: as written, or relative to the project. */
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
  /** The key is declared without a check for duplicate keys. */
  verifyKey?: false;
  load: Load;
  /** How many backends read it together; absent where that depends on its size. */
  parallel?: ReadParallel;
  /** Checks of its rows that must pass before anything is published, in the order written. */
  checks: readonly Check[];
}

/** A number of backends, and the place where it is written. */
export interface ReadParallel {
  backends: number;
  place: Place;
}

/** The part of its source that a table reads; the kind agrees with the source's `type`. */
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

/** A bound value of a query. Plans and hashes use `shown` instead, so that they hold no secret. */
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
 * A header file that supplies columns: `columns` holds the written ones, which win by name, and added ones.
 * `SourcePort.columns` completes the table before anything is planned; `pinned` is then the ETag of the header file
 * that was read.
 */
export interface ColumnsFrom {
  kind: 'header-file';
  place: Place;
  /** Settings for the columns that are not written, as far as each applies to their types. */
  values: ValueSettings;
  pinned?: string;
}

export interface Column extends ValueSettings {
  name: string;
  place: Place;
  type: ColumnType;
  notNull: boolean;
  origin: ColumnOrigin;
  /** Files that lack it have NULL there. */
  optional?: true;
  description?: string;
  /** Its values are shown in no report. */
  sensitive?: true;
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

/** The names that `${file.…}` accepts; only S3 objects have `key` and `etag`. */
export const fileFacts = ['path', 'name', 'key', 'last_modified', 'etag', 'entry'] as const;

/** The facts of one file; a missing one is not known for its kind. */
export type FileFacts = Readonly<Partial<Record<(typeof fileFacts)[number], string>>>;

/** Rows of `from` refer to one row of `to`: an assumed foreign key in the extract. */
export interface Relationship {
  place: Place;
  from: { table: string; columns: readonly string[] };
  to: { table: string; columns: readonly string[] };
  /** The cardinality in a generated template; the default is `many-to-one`. */
  cardinality?: Cardinality;
}
