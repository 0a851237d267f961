import type { ColumnType } from './column-type.ts';

/** Tableau's own types of fields. */
export type LocalType = 'string' | 'integer' | 'real' | 'boolean' | 'date' | 'datetime' | 'spatial';

/**
 * A data source that is made without Tableau Desktop: the content of the extract and its presentation. Formulas,
 * folders and hierarchies refer to a field by its column name (followed by ` (Table)` if an earlier table has a column
 * of that name) or by its caption.
 */
export interface GeneratedTemplate {
  /** The name of the data source, and of the .tds and the .hyper in the package. */
  name: string;
  /** The oldest Tableau that must open it: `2020.2` or later. From `2024.3` on tags are spelled plainly. */
  tableau: string;
  /** The schema in the .hyper that holds all tables. */
  schema: string;
  tables: readonly GeneratedTable[];
  /** Together they make one tree of all tables. */
  relationships: readonly GeneratedRelationship[];
  calculations: readonly GeneratedCalculation[];
  /** Values that users choose, which formulas name as `[Parameters].[Caption]`. Absent if there are none. */
  parameters?: readonly GeneratedParameter[];
  hierarchies: readonly GeneratedHierarchy[];
  folders: readonly GeneratedFolder[];
}

export interface GeneratedTable {
  /** The name in the .hyper. */
  name: string;
  caption?: string;
  description?: string;
  columns: readonly GeneratedColumn[];
}

/** The presentation of a field, a column or a calculated one. Everything left out has Tableau's own default. */
export interface Presentation {
  description?: string;
  role?: Role;
  /** Numbers and dates on an axis instead of as headers. Measures are, dimensions are not. */
  continuous?: boolean;
  aggregation?: Aggregation;
  /** A format in Tableau's notation: `n#,##0;-#,##0`, `p0.0%`, `c"$"#,##0`. */
  format?: string;
  hidden?: boolean;
  geo?: GeoRole;
  aliases?: readonly Alias[];
}

export interface GeneratedColumn extends Presentation {
  /** The name in the .hyper. */
  name: string;
  type: ColumnType;
  caption?: string;
  /** The field's name for Tableau and its workbooks, where it is not the one that follows from the column's. */
  localName?: string;
}

export interface GeneratedCalculation extends Presentation {
  /** The caption. Unless `localName` is given, the field's name for Tableau is derived from it. */
  name: string;
  formula: string;
  datatype: LocalType;
  localName?: string;
}

/** A value that users of the data source choose. All values are texts in the form that `parameter-value.ts` checks. */
export interface GeneratedParameter {
  /** The caption. Unless `localName` is given, the parameter's name for Tableau is derived from it. */
  name: string;
  datatype: ParameterType;
  /** The value until a user chooses another one. */
  value: string;
  /** The only values that can be chosen. */
  list?: readonly string[];
  /** The bounds of the values that can be chosen. */
  range?: ParameterRange;
  description?: string;
  format?: string;
  /** Texts that users see instead of values. */
  aliases?: readonly { value: string; alias: string }[];
  localName?: string;
}

export const parameterTypes = ['string', 'integer', 'real', 'boolean', 'date', 'datetime'] as const;
export type ParameterType = (typeof parameterTypes)[number];

export interface ParameterRange {
  min?: string;
  max?: string;
  step?: string;
  /** The unit of the step between dates. */
  unit?: RangeUnit;
}

export const rangeUnits = [
  'year',
  'iso-year',
  'quarter',
  'iso-quarter',
  'month',
  'week',
  'iso-week',
  'day',
  'hour',
  'minute',
  'second',
] as const;
export type RangeUnit = (typeof rangeUnits)[number];

/** Rows of `from` belong to rows of `to` that have the same values in the columns given. */
export interface GeneratedRelationship {
  from: { table: string; columns: readonly string[] };
  to: { table: string; columns: readonly string[] };
  /** The default is `many-to-one`: the columns of `to` are a key. A wrong cardinality makes Tableau count wrongly. */
  cardinality?: Cardinality;
}

export interface GeneratedHierarchy {
  name: string;
  /** The fields from the widest level to the narrowest. */
  fields: readonly string[];
}

export interface GeneratedFolder {
  name: string;
  fields: readonly string[];
  hierarchies?: readonly string[];
}

export interface Alias {
  /** null is an alias for missing values. */
  value: string | number | boolean | null;
  alias: string;
}

export type Role = 'dimension' | 'measure';
export type Cardinality = 'many-to-one' | 'one-to-many' | 'one-to-one' | 'many-to-many';

export const aggregations = [
  'Sum',
  'Avg',
  'Min',
  'Max',
  'Count',
  'CountD',
  'Median',
  'Attribute',
  'None',
] as const;
export type Aggregation = (typeof aggregations)[number];

/** Our names of Tableau's geographic roles; `country_code` is ISO 3166-1 alpha-2. */
export type GeoRole =
  | 'country'
  | 'country_code'
  | 'state'
  | 'county'
  | 'city'
  | 'zip_code'
  | 'area_code'
  | 'latitude'
  | 'longitude';
