import type * as Written from '../model/config/written.gen.ts';

/**
 * Everything that a reader found in a database, in files or in a data source, in the words of a pipeline file. It is plain data: every kind of
 * reader makes one, `write/` turns it into YAML, and `report.ts` into the text on the terminal.
 *
 * Texts that are not the user's own (names, comments, expressions) are as they were found. `write/` escapes `${` in them. Only the
 * definitions of sources are written as they are, because they refer to variables: a reader escapes what it puts there with
 * `escapeReferences`.
 */
export interface Found {
  /** The first line of the report, without a full stop: `Connected to chinook at 127.0.0.1:5432 as reader (…)`. */
  headline: string;
  sources: readonly FoundSource[];
  tables: readonly FoundTable[];
  relationships: readonly FoundRelationship[];
  /** Where they were found, for the report: `foreign keys`. */
  relationshipsFrom?: string;
  /** Parts that are not in the pipeline, a sentence without a full stop each, the reason in brackets at its end: `customer.photo (Tableau has no type for bytes)`. */
  leftOut: readonly string[];
  /** Parts of a data source that its generated successor cannot have, a sentence each. */
  notCarriedOver?: readonly string[];
  /** The file itself can be no template: only its successor can. */
  isNoTemplate?: true;
  /** Sentences that say what the user must do before the pipeline can be planned. */
  toDo?: readonly string[];
  /** Something that no reader could find has to be written before the pipeline is valid; `toDo` says what. */
  isIncomplete?: true;
  extract?: Written.Extract;
  template?: Written.Template;
}

export interface FoundSource {
  /** Its name under `sources`. */
  name: string;
  definition: Written.Source;
  /** Comments at lines of the definition, by the path of the key: `format.delimiter`. */
  comments?: Readonly<Record<string, string>>;
}

export interface FoundTable {
  /** Its name under `tables`. No two names of a pipeline are equal. */
  name: string;
  from: Written.From;
  /** True if no source was looked at: `from` follows from the names in an extract or a data source. */
  isFromAssumed?: boolean;
  /** The number of rows; undefined if it is not known. */
  rows?: number;
  /** True if the number comes from statistics: the report writes `~ 2 240 rows`. */
  rowsAreEstimated?: boolean;
  columns: readonly FoundColumn[];
  add?: Written.Table['add'];
  primaryKey?: readonly string[];
  /** Comment lines above the table, such as its description in the source. */
  comments?: readonly string[];
  /** How the table could be loaded incrementally: a comment below its columns. */
  load?: NonNullable<Written.Load>;
  /** Notes of the report at the end of the table's line: `2 columns look personal: email, phone -> sensitive: true`. */
  notes?: readonly string[];
}

export interface FoundColumn {
  /** Its name under `columns`. No two names of a table are equal. */
  name: string;
  settings: Written.ColumnSettings;
  /** A comment at the line of the column, in one line: `REVIEW: the widest value has 7 digits, 2 of them decimals`. */
  comment?: string;
}

/** Columns of one table that refer to columns of another; both sides have as many. */
export interface FoundRelationship {
  from: FoundEnd;
  to: FoundEnd;
  /** Undefined for many rows that refer to one. */
  cardinality?: NonNullable<Written.Relationship['cardinality']>;
}

export interface FoundEnd {
  table: string;
  columns: readonly string[];
}

/** Escapes `${`, which begins a reference in a pipeline file, in a text that contains it by chance. */
export function escapeReferences(text: string): string {
  return text.replaceAll('${', () => '$${');
}
