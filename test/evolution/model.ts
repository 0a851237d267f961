import { getOwn } from '../../src/model/base/get-own.ts';

/**
 * What a project should be, kept by the test alone: its configuration, its sources with their rows, and what was applied.
 * Nothing here asks the program.
 */
export interface Project {
  pipelines: Pipeline[];
  families: Family[];
  /** Names are never given twice. */
  names: number;
}

/** A file with `for_each`: its items have their columns in common, and rows, files and records of their own. */
export interface Family {
  id: string;
  onRemoved: 'forget' | 'delete';
  list: 'items' | 'file';
  items: Item[];
  /** Items that are not in the list, to come again. */
  away: Item[];
}

export interface Item extends Pipeline {
  key: string;
  family: Family;
}

/** A pipeline that was applied and is not configured any more. */
export interface Gone {
  pipeline: Pipeline;
  /** The file that listed it, if that is still there. */
  family: Family | undefined;
}

export const everyPipeline = ({ pipelines, families }: Project): Pipeline[] => [
  ...pipelines,
  ...families.flatMap(({ items }) => items),
];

export interface Pipeline {
  /** Of its files, whatever it is called. */
  id: string;
  name: string;
  description: string;
  tables: Table[];
  /** The name in a generated template; undefined delivers the bare .hyper. */
  template: string | undefined;
  destinations: Destination[];
  moves: string[];
  /** `extract.file` without its ending. */
  staged: string;
  isStaged: boolean;
  /** The extract is there where a run staged it, which the configuration does not name any more. */
  wasStaged: boolean;
  /** The package is beside the place of the extract. */
  isPacked: boolean;
  applied: Applied | undefined;
  /** Tables of an extract that is staged, but was forgotten. */
  leftover: AppliedTable[] | undefined;
}

export interface Destination {
  path: string;
  /** As a run left it. */
  isAsLeft: boolean;
}

export const modes = {
  postgres: ['full', 'append', 'upsert'],
  csv: ['full'],
  files: ['full', 'append by file'],
} as const;

export interface Table {
  name: string;
  source: Source;
  mode: string;
  columns: Column[];
  moves: string[];
  /** What the extract has of tables whose rows are not read again. */
  kept: Map<number, Row>;
}

export interface Column {
  name: string;
  /** Of the source. */
  from: string;
  type: string;
  moves: string[];
}

export interface Source {
  kind: keyof typeof modes;
  /** In the configuration. */
  name: string;
  id: string;
  rows: Map<number, Row>;
  /** Columns that no pipeline takes. */
  extra: string[];
  /** Goes up with everything that changes values, and with every insert. */
  version: number;
  inserts: number;
  nextId: number;
}

export interface Row {
  id: number;
  amount: number;
  note: string;
  changed: number;
  file: string;
}

export interface Applied {
  name: string;
  description: string;
  template: string | undefined;
  destinations: string[];
  staged: string;
  tables: readonly AppliedTable[];
  keys: string;
}

interface AppliedTable {
  table: Table;
  name: string;
  mode: string;
  columns: readonly { column: Column; name: string; type: string }[];
  /** The version of a table; the content of files, which can become again what it was. */
  version: string;
  inserts: number;
}

export type Action = 'create' | 'rebuild' | 'deliver' | 'record' | 'none';

/** What a plan must say of a pipeline now. */
export interface Prediction {
  action: Action;
  breaking: boolean;
}

export function predict(pipeline: Pipeline): Prediction {
  const { applied, destinations, template, isStaged } = pipeline;
  if (applied === undefined) return predictAnew(pipeline);
  const breaking = breaks(pipeline, applied);
  const build = reshaped(pipeline, applied) || pipeline.tables.some((table) => hasNewRows(table, applied));
  if (build) return { action: 'rebuild', breaking };
  const delivers = destinations.some((one) => !one.isAsLeft || !applied.destinations.includes(one.path));
  const packs = template !== applied.template || (delivers && template !== undefined && !pipeline.isPacked);
  if (packs || delivers) {
    // Without a template the extract itself is what is delivered.
    const needsExtract = packs ? template !== undefined || delivers : template === undefined;
    return { action: needsExtract && !isStaged ? 'rebuild' : 'deliver', breaking };
  }
  const isSame =
    applied.name === pipeline.name &&
    applied.description === pipeline.description &&
    applied.destinations.join() === destinations.map(({ path }) => path).join();
  return { action: isSame ? 'none' : 'record', breaking };
}

/** An extract that is there is replaced, as far as workbooks on it do not break by that. */
function predictAnew({ leftover, tables }: Pipeline): Prediction {
  if (leftover === undefined) return { action: 'create', breaking: false };
  const breaking = leftover.some((last) => {
    const now = tables.find(({ name }) => name === last.name);
    return last.columns.some(({ name, type }) => {
      const column = now?.columns.find((one) => one.name === name);
      return column === undefined || !holds(column.type, type);
    });
  });
  return { action: 'rebuild', breaking };
}

function reshaped(pipeline: Pipeline, applied: Applied): boolean {
  const { tables } = pipeline;
  if (keysOf(pipeline) !== applied.keys) return true;
  const shape = (
    all: readonly { name: string; mode: string; columns: readonly { name: string; type: string }[] }[],
  ) =>
    // The order of tables is none of the extract.
    JSON.stringify(
      all.map(({ name, mode, columns }) => [name, mode, columns.map((one) => [one.name, one.type])]).sort(),
    );
  return shape(tables) !== shape(applied.tables);
}

/** A template wants its tables in one tree; a bare extract has keys of its own only. */
export function relationshipsOf({ tables, template }: Pipeline): string[] {
  const [first, ...others] = tables;
  if (template === undefined || first === undefined) return [];
  const id = ({ name }: Table) => `${name}.id`;
  return others.map((other) => `{ from: ${id(other)}, to: ${id(first)} }`);
}

const keysOf = (pipeline: Pipeline) =>
  [
    ...pipeline.tables.filter(({ source }) => source.kind === 'postgres').map(({ name }) => name),
    ...relationshipsOf(pipeline),
  ].join();

/** A table that is loaded by `append` finds new rows only. */
function hasNewRows(table: Table, { tables }: Applied): boolean {
  const last = tables.find((one) => one.table === table);
  if (last === undefined) return true;
  const { source, mode } = table;
  return mode === 'append' ? source.inserts !== last.inserts : versionOf(source) !== last.version;
}

const versionOf = ({ kind, version, rows, extra }: Source) =>
  kind === 'postgres' ? String(version) : JSON.stringify([...rows.values(), extra]);

function breaks({ tables, template }: Pipeline, applied: Applied): boolean {
  if (applied.template !== undefined && template === undefined) return true;
  return applied.tables.some((last) => {
    if (!tables.includes(last.table) || last.table.name !== last.name) return true;
    return last.columns.some(({ column, name, type }) => {
      if (!last.table.columns.includes(column) || column.name !== name) return true;
      return !holds(column.type, type);
    });
  });
}

const holds = (type: string, before: string) =>
  type === before || (getOwn(wider, before) ?? []).includes(type);

const wider: Readonly<Record<string, readonly string[]>> = {
  int: ['bigint'],
  'varchar(40)': ['text', 'varchar(80)'],
  'varchar(80)': ['text'],
};

/** After an apply: what was wanted is what there is. */
export function settle(pipeline: Pipeline): void {
  const { name, description, template, destinations, tables } = pipeline;
  const { action } = predict(pipeline);
  const isBuilt = action === 'create' || action === 'rebuild';
  const staged = isBuilt ? pipeline.staged : (pipeline.applied?.staged ?? pipeline.staged);
  pipeline.isStaged ||= isBuilt;
  pipeline.isPacked = template !== undefined && (pipeline.isPacked || isBuilt || action === 'deliver');
  pipeline.leftover = undefined;
  for (const one of destinations) one.isAsLeft = true;
  pipeline.applied = {
    keys: keysOf(pipeline),
    name,
    description,
    template,
    staged,
    destinations: destinations.map(({ path }) => path),
    tables: tables.map((table) => ({
      table,
      name: table.name,
      mode: table.mode,
      columns: table.columns.map((column) => ({ column, name: column.name, type: column.type })),
      version: versionOf(table.source),
      inserts: table.source.inserts,
    })),
  };
}

/** After an apply: what is no longer configured has no record, and what is deleted is not there. */
export function forget({ pipeline, family }: Gone): void {
  const isDeleted = family?.onRemoved === 'delete';
  const isLeft = isStagedAsApplied(pipeline) && pipeline.applied?.staged === pipeline.staged && !isDeleted;
  pipeline.leftover = isLeft ? [...(pipeline.applied?.tables ?? [])] : undefined;
  if (isDeleted) pipeline.isStaged = false;
  for (const one of pipeline.destinations) one.isAsLeft = false;
  for (const { kept } of pipeline.tables) kept.clear();
  pipeline.applied = undefined;
}

/** What a removal deletes: what is there as we left it. */
export function deletedBy({ pipeline, family }: Gone): string[] | undefined {
  if (family?.onRemoved !== 'delete') return undefined;
  const files = pipeline.destinations.flatMap(({ path, isAsLeft }) => (isAsLeft ? [path] : []));
  const { applied } = pipeline;
  return [
    ...files,
    ...(applied !== undefined && isStagedAsApplied(pipeline) ? [`${applied.staged}.hyper`] : []),
  ];
}

const isStagedAsApplied = ({ applied, staged, isStaged, wasStaged }: Pipeline) =>
  applied?.staged === staged ? isStaged : wasStaged;

/** The configuration names another file for the extract; the one that is there stays. */
export function stage(pipeline: Pipeline, staged: string): void {
  if (pipeline.applied?.staged === pipeline.staged) pipeline.wasStaged = pipeline.isStaged;
  pipeline.isStaged = false;
  pipeline.isPacked = false;
  pipeline.leftover = undefined;
  pipeline.staged = staged;
}

/** Row as the extract shows it, in the order of the columns. */
export function project(row: Row, { columns }: Table): string {
  return JSON.stringify(columns.map(({ from }) => String(row[from as keyof Row])));
}
