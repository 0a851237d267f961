import type { ColumnType } from '../config/column-type.ts';

/**
 * A template as users see it: tables, fields, and their dependencies. Plain data, for `template show` and for the
 * comparison with an extract.
 */
export interface TemplateDescription {
  name: string;
  /** The Tableau version that wrote it, like `2023.3`, if the file names it. */
  writtenBy: string | undefined;
  spelling: 'prefixed' | 'plain';
  flavour: 'live' | 'extract' | 'database';
  /** The .hyper's name in the package; undefined for a live connection to something else. */
  entry: string | undefined;
  /** Where the data source reads its rows, or its extract was made from; undefined if the data source reads nothing but the .hyper. */
  origin: TemplateOrigin | undefined;
  /** True if the package was saved without its extract. */
  isWithoutExtract: boolean;
  tables: readonly TemplateTable[];
  /**
   * False if the .tds names only columns that differ from Tableau's defaults, and those that formulas and the like name:
   * Tableau shows whatever else its tables have.
   */
  listsColumns: boolean;
  fields: readonly TemplateField[];
  relationships: readonly { first: string; second: string; pairs: readonly string[] }[];
  hierarchies: readonly { name: string; fields: readonly string[] }[];
  folders: readonly { name: string; items: readonly string[] }[];
  filters: readonly { field: string }[];
  parameters: readonly TemplateParameter[];
  /** The sheets of its workbook that need a field of it; absent for a data source by itself. */
  sheets?: readonly { kind: SheetKind; name: string }[];
  /** Custom SQL, unions and the like over the .hyper: which columns they need is not known. */
  opaque: readonly string[];
  /** Data files of the package that the data source does not name: they are left out of what is delivered. */
  unnamed: readonly string[];
}

/** A value that users of the data source choose. Without `list` and `range` they can choose any of its type. */
export interface TemplateParameter {
  name: string;
  caption: string | undefined;
  datatype: string;
  /** The value that it has until a user chooses another one; undefined if the file does not say it. */
  value: string | undefined;
  list?: readonly { value: string; alias?: string }[];
  range?: {
    min: string | undefined;
    max: string | undefined;
    step: string | undefined;
    /** The unit of the step of a date: `day`, `month`. */
    unit: string | undefined;
  };
}

/** The connections that an extract is a copy of. */
export interface TemplateOrigin {
  connections: readonly {
    class: string;
    caption: string | undefined;
    server: string | undefined;
    database: string | undefined;
  }[];
  /** Custom SQL as the database gets it, by the name that Tableau has for it. */
  queries: readonly { name: string; sql: string }[];
  /** The column by which Tableau refreshed the extract incrementally. */
  incrementKey: string | undefined;
}

/** A table that the template needs in the .hyper. */
export interface TemplateTable {
  schema: string | undefined;
  name: string;
  caption: string | undefined;
  description: string | undefined;
  /** The name that the .tds uses for it in references to its columns. */
  relation: string;
}

export interface TemplateField {
  /** Tableau's own name of the field, without brackets; what formulas and workbooks refer to. */
  name: string;
  /** The name that users see instead. */
  caption: string | undefined;
  kind: FieldKind;
  /** For columns: their origin. */
  origin: FieldOrigin | undefined;
  /** For calculations that Tableau has stored in its extract: the column that it needs no longer. */
  storedAs?: FieldOrigin;
  datatype: string | undefined;
  role: string | undefined;
  aggregation: string | undefined;
  hidden: boolean;
  description: string | undefined;
  formula: string | undefined;
  /** The formula as Tableau shows it, where it names calculations and parameters by captions instead: `[Profit Ratio]`. */
  readableFormula?: string;
  /** Names of the fields that it is made of. */
  needs: readonly string[];
  /** Names in its formula that refer to nothing. */
  unknown: readonly string[];
  uses: readonly Use[];
}

export type SheetKind = 'sheet' | 'dashboard' | 'story';

export type FieldKind = 'column' | 'calculation' | 'bin' | 'group' | 'set';

export interface FieldOrigin {
  /** Undefined if the .tds has several tables and does not say which one it is. */
  table: TemplateTable | undefined;
  column: string;
  /** The type of the column when Tableau last saw it. */
  localType: string | undefined;
  remoteType: string | undefined;
  /** The corresponding Hyper type, as far as the .tds shows it. */
  type: ColumnType;
}

/** Something that breaks, or changes its meaning, without the field. */
export interface Use {
  kind:
    Exclude<FieldKind, 'column'> | 'relationship' | 'join' | 'hierarchy' | 'folder' | 'filter' | SheetKind;
  name: string;
  /**
   * The calculations between the field and this, nearest to the field first, and for a dashboard the sheets; empty for a
   * direct use.
   */
  through: readonly string[];
}

/** Returns the caption that users know a field by, or else its name. */
export function shownName({ name, caption }: { name: string; caption?: string | undefined }): string {
  return caption ?? name;
}
