import type { GeneratedParameter, LocalType, Presentation } from './data-source.ts';
import type { Place } from '../errors/diagnostic.ts';

/** The Tableau data source that receives the extract. */
export type Template = FileTemplate | GenerateTemplate;

interface Packaged {
  place: Place;
  /** The name for users: the file as written, or `generated`. */
  shown: string;
  compression: Compression;
  /** Absolute path of the staged .tdsx or .twbx. */
  staged: string;
}

/**
 * How an entry is packed: not at all, with deflate's level 1, or with its level 9.
 *
 * Measured on a .hyper of 196 MB (3 million rows of numbers, dates and text), single runs on a busy 2-core machine:
 *
 * | level | size  | CPU    |
 * | ----- | ----- | ------ |
 * | store | 100 % |  0.6 s |
 * | fast  |  50 % |  3.1 s |
 * | best  |  48 % | 21.8 s |
 *
 * Hence `fast`: nearly all that deflate can save for a seventh of the time. `best` rarely pays, `store` does on a disk
 * or a network that is faster than 60 MB/s.
 */
export type Compression = 'store' | 'fast' | 'best';

/** A data source or workbook that was saved in Tableau Desktop. */
export interface FileTemplate extends Packaged {
  kind: 'file';
  /** Absolute. */
  path: string;
  /** The data source of a workbook, by its caption or name. */
  dataSource?: string;
  /** One of several extracts, by its name in the package. */
  extract?: string;
  /** Data files that the data source does not name are kept in the package. */
  keepUnnamed?: true;
}

/** A data source that is generated from the pipeline: its presentation, besides tables, columns and relationships. */
export interface GenerateTemplate extends Packaged {
  kind: 'generate';
  name: string;
  tableau: string;
  /** `title`: columns and tables without a caption get one that follows from their name. */
  captions?: 'title';
  tables: readonly TableLook[];
  calculations: readonly CalculationLook[];
  /** Absent if there are none. */
  parameters?: readonly ParameterLook[];
  hierarchies: readonly NamedFields[];
  folders: readonly FolderLook[];
}

export interface TableLook {
  name: string;
  place: Place;
  caption?: string;
  description?: string;
  columns: readonly ColumnLook[];
}

/** The presentation of a field, as written. */
export interface FieldLook {
  name: string;
  place: Place;
  presentation: Omit<Presentation, 'aliases'>;
  localName?: string;
  folder?: string;
  aliases: readonly AliasLook[];
}

export interface ColumnLook extends FieldLook {
  caption?: string;
}

export interface CalculationLook extends FieldLook {
  formula: string;
  datatype: LocalType;
}

export interface ParameterLook {
  place: Place;
  parameter: GeneratedParameter;
}

/** The text of a value, which gets its meaning from the type of its field; undefined represents missing values. */
export interface AliasLook {
  value: string | undefined;
  alias: string;
}

export interface NamedFields {
  name: string;
  place: Place;
  fields: readonly PlacedName[];
}

export interface FolderLook extends NamedFields {
  hierarchies: readonly PlacedName[];
}

export interface PlacedName {
  name: string;
  place: Place;
}
