import type { ColumnType } from '../config/column-type.ts';

/** A template as people see it: tables, fields, and what uses what. Plain data, for `template show` and for the fit. */
export interface TemplateDescription {
  name: string;
  /** The Tableau that wrote it, like `2023.3`, if the file says so. */
  writtenBy: string | undefined;
  spelling: 'prefixed' | 'plain';
  flavour: 'live' | 'extract';
  /** The .hyper's name in the package. */
  entry: string;
  tables: readonly TemplateTable[];
  fields: readonly TemplateField[];
  relationships: readonly { first: string; second: string; pairs: readonly string[] }[];
  hierarchies: readonly { name: string; fields: readonly string[] }[];
  folders: readonly { name: string; items: readonly string[] }[];
  filters: readonly { field: string }[];
  parameters: readonly { name: string; caption: string | undefined; datatype: string }[];
  /** Custom SQL, unions and the like over the .hyper: which columns they need is not known. */
  opaque: readonly string[];
  /** Data files of the package that the data source does not name: they are left out of what is delivered. */
  unnamed: readonly string[];
}

/** A table that the template needs in the .hyper. */
export interface TemplateTable {
  schema: string | undefined;
  name: string;
  caption: string | undefined;
  description: string | undefined;
  /** How the .tds calls it when it speaks of its columns. */
  relation: string;
}

export interface TemplateField {
  /** Tableau's own name of the field, without brackets; what formulas and workbooks refer to. */
  name: string;
  /** What people see in its place. */
  caption: string | undefined;
  kind: FieldKind;
  /** For columns: where they come from. */
  origin: FieldOrigin | undefined;
  datatype: string | undefined;
  role: string | undefined;
  aggregation: string | undefined;
  hidden: boolean;
  description: string | undefined;
  formula: string | undefined;
  /** Names of the fields that it is made of. */
  needs: readonly string[];
  /** What its formula names and nothing is called. */
  unknown: readonly string[];
  uses: readonly Use[];
}

export type FieldKind = 'column' | 'calculation' | 'bin' | 'group' | 'set';

export interface FieldOrigin {
  /** Undefined when the .tds has several tables and does not say which. */
  table: TemplateTable | undefined;
  column: string;
  /** As Tableau last saw the column. */
  localType: string | undefined;
  remoteType: string | undefined;
  /** The Hyper type that this stands for, as far as the .tds tells. */
  type: ColumnType;
}

/** Something that breaks, or changes its meaning, without the field. */
export interface Use {
  kind: Exclude<FieldKind, 'column'> | 'relationship' | 'join' | 'hierarchy' | 'folder' | 'filter';
  name: string;
  /** The calculations between the field and this, nearest to the field first; empty for a direct use. */
  through: readonly string[];
}

/** The caption people know a field by, else its name. */
export function shownName({ name, caption }: { name: string; caption?: string | undefined }): string {
  return caption ?? name;
}
