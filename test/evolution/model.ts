import { getOwn } from '../../src/model/base/get-own.ts';

/**
 * What a project should be, kept by the test alone: its configuration, its sources with their rows, and what was applied.
 * Nothing here asks the program.
 */
export interface Project {
  pipelines: Pipeline[];
  /** Names are never given twice. */
  names: number;
}

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
  isStaged: boolean;
  applied: Applied | undefined;
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
  tables: readonly AppliedTable[];
  keys: string;
}

interface AppliedTable {
  table: Table;
  name: string;
  mode: string;
  columns: readonly { column: Column; name: string; type: string }[];
  version: number;
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
  if (applied === undefined) return { action: 'create', breaking: false };
  const breaking = breaks(pipeline, applied);
  const build = reshaped(pipeline, applied) || pipeline.tables.some((table) => hasNewRows(table, applied));
  if (build) return { action: 'rebuild', breaking };
  const packs = template !== applied.template;
  const delivers = destinations.some((one) => !one.isAsLeft || !applied.destinations.includes(one.path));
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
  const { version, inserts } = table.source;
  return table.mode === 'append' ? inserts !== last.inserts : version !== last.version;
}

function breaks({ tables, template }: Pipeline, applied: Applied): boolean {
  if (applied.template !== undefined && template === undefined) return true;
  return applied.tables.some((last) => {
    if (!tables.includes(last.table) || last.table.name !== last.name) return true;
    return last.columns.some(({ column, name, type }) => {
      if (!last.table.columns.includes(column) || column.name !== name) return true;
      return column.type !== type && !(getOwn(wider, type) ?? []).includes(column.type);
    });
  });
}

const wider: Readonly<Record<string, readonly string[]>> = {
  int: ['bigint'],
  'varchar(40)': ['text', 'varchar(80)'],
  'varchar(80)': ['text'],
};

/** After an apply: what was wanted is what there is. */
export function settle(pipeline: Pipeline): void {
  const { name, description, template, destinations, tables } = pipeline;
  pipeline.isStaged ||= ['create', 'rebuild'].includes(predict(pipeline).action);
  for (const one of destinations) one.isAsLeft = true;
  pipeline.applied = {
    keys: keysOf(pipeline),
    name,
    description,
    template,
    destinations: destinations.map(({ path }) => path),
    tables: tables.map((table) => ({
      table,
      name: table.name,
      mode: table.mode,
      columns: table.columns.map((column) => ({ column, name: column.name, type: column.type })),
      version: table.source.version,
      inserts: table.source.inserts,
    })),
  };
}

/** Row as the extract shows it, in the order of the columns. */
export function project(row: Row, { columns }: Table): string {
  return JSON.stringify(columns.map(({ from }) => String(row[from as keyof Row])));
}
