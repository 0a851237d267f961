import type { XmlAttribute } from './xml.ts';

/**
 * The content of a .tds as plain data: the parts that decide whether it matches an extract, that `template show`
 * prints and that `template import` carries over. Names are without their brackets.
 */
export interface DataSource {
  /** The file's whole text; `hyperConnections[].dbname` and the like say where in it. */
  text: string;
  /** The place of its element in the text. */
  range: { start: number; end: number };
  /** The name that users know: its caption, or else its own. */
  name: string | undefined;
  /** Its name in references of a workbook: `federated.1a2b3c`. */
  id: string | undefined;
  /** The year and release of the Tableau that wrote it (`2023.3`), if its comment says so. */
  writtenBy: string | undefined;
  /** The spelling of object-model tags: with a feature prefix (2020.2 to 2024.2) or plain. */
  spelling: 'prefixed' | 'plain';
  connection: Connection;
  /** Present for an enabled extract of something else. */
  extract: Connection | undefined;
  /** There is an extract, and the data source reads past it. */
  hasDisabledExtract: boolean;
  columns: readonly Column[];
  /** `column-instance` elements: the field behind names like `none:Region:nk`. */
  instances: ReadonlyMap<string, string>;
  sets: readonly SetField[];
  /** Sets that actions of dashboards left: sheets are filtered by them, and users do not see them. */
  dashboardSets: readonly SetField[];
  hierarchies: readonly Hierarchy[];
  folders: readonly Folder[];
  filters: readonly DataFilter[];
  objects: readonly DataObject[];
  relationships: readonly Relationship[];
  parameters: readonly Parameter[];
  isOfWorkbook: boolean;
  /** The sheets of its workbook; a .tds has none. */
  sheets: readonly Sheet[];
  /** The names of the root's children that no member above covers. */
  others: readonly string[];
}

export interface Connection {
  class: string;
  named: readonly NamedConnection[];
  /** The connection's own `dbname`: that of an extract, or of a database before Tableau 10. */
  dbname: XmlAttribute | undefined;
  server: string | undefined;
  /** The column by which an extract is refreshed incrementally. */
  incrementKey: string | undefined;
  relations: readonly Relation[];
  /** Fields and the relation and column behind them; empty when no name clashes. */
  cols: readonly { field: string; relation: string; column: string }[];
  records: readonly MetadataRecord[];
}

export interface NamedConnection {
  name: string;
  caption: string | undefined;
  class: string;
  dbname: XmlAttribute | undefined;
  server: string | undefined;
}

export type Relation =
  | { kind: 'table'; name: string; connection: string | undefined; schema: string | undefined; table: string }
  /** Custom SQL (`text`), unions, pivots: columns come out of them that no table has. */
  | { kind: 'other'; name: string; type: string; connection: string | undefined; text: string }
  /** A physical join; `columns` are those its clauses compare. */
  | { kind: 'join'; columns: readonly { relation: string; column: string }[] };

/** A physical column as Tableau last saw it. */
export interface MetadataRecord {
  remoteName: string;
  remoteType: string | undefined;
  localName: string;
  /** The name of the relation it belongs to. */
  parent: string;
  /** string, integer, real, boolean, date, datetime, spatial. */
  localType: string | undefined;
  precision: number | undefined;
  scale: number | undefined;
  width: number | undefined;
  objectId: string | undefined;
}

/** A field that differs from what Tableau would make of its column, or that is calculated. */
export interface Column {
  name: string;
  caption: string | undefined;
  datatype: string;
  role: string;
  type: string;
  aggregation: string | undefined;
  format: string | undefined;
  hidden: boolean;
  semanticRole: string | undefined;
  typeCustomized: boolean;
  description: string | undefined;
  aliases: readonly { key: string; value: string }[];
  calculation: Calculation | undefined;
  /** The attributes and children that no member above covers. */
  others: readonly string[];
}

/** A value that users choose. Values are as they are written: `"East"`, `100.`, `#2026-01-31#`. */
export interface Parameter extends Omit<Column, 'calculation'> {
  domain: string;
  value: string | undefined;
  members: readonly { value: string; alias: string | undefined }[];
  range:
    | {
        min?: string | undefined;
        max?: string | undefined;
        step?: string | undefined;
        unit?: string | undefined;
      }
    | undefined;
}

export interface Calculation {
  /** `tableau` and `passthrough` are formulas, `bin` cuts a number, `categorical-bin` groups values. */
  class: string;
  formula: string | undefined;
  column: string | undefined;
  sizeParameter: string | undefined;
}

/** A `group` element: what Tableau's users call a set. */
export interface SetField {
  name: string;
  caption: string | undefined;
  fields: readonly string[];
  formulas: readonly string[];
}

export interface Hierarchy {
  name: string;
  fields: readonly string[];
}

export interface Folder {
  name: string;
  items: readonly { name: string; kind: 'field' | 'hierarchy' }[];
}

/** A data source filter. */
export interface DataFilter {
  field: string;
  fields: readonly string[];
  formulas: readonly string[];
}

/** A worksheet, dashboard or story, and the fields that it needs of a data source, by their names or those of instances. */
export interface Sheet {
  kind: 'sheet' | 'dashboard' | 'story';
  name: string;
  /** Sheets that a dashboard or story shows. */
  shows: readonly string[];
  /** Fields in its view, filters, titles and the like. */
  named: readonly string[];
  /** Fields that it depends on, with those behind its calculations. */
  listed: readonly string[];
}

/** A logical table. */
export interface DataObject {
  id: string;
  caption: string | undefined;
  description: string | undefined;
  relations: readonly Relation[];
}

export interface Relationship {
  first: EndPoint;
  second: EndPoint;
  /** Each pair of operands as written: a bracketed field, or a formula. */
  pairs: readonly { op: string; first: string; second: string }[];
}

export interface EndPoint {
  objectId: string;
  /** At most one row has each key. */
  unique: boolean;
  /** Attributes besides. */
  others: readonly string[];
}
