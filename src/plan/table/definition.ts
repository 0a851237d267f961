import { getOwn } from '../../model/base/get-own.ts';
import { formatColumnType } from '../../model/config/column-type.ts';
import type { TableDefinition } from '../../model/world/applied-record.ts';
import type { Column, Pipeline, Table } from '../../model/config/pipeline.ts';
import type { Destination } from '../../model/config/destination.ts';
import type { Load } from '../../model/config/load-mode.ts';
import type { Format, Source } from '../../model/config/source.ts';
import { never } from '../../model/base/never.ts';
import { typesOfSetting } from '../../model/config/value-settings.ts';

/** The canonical form of what decides a table's rows and shape. */
export function defineTable(table: Table, source: Source): TableDefinition {
  return {
    columns: table.columns.map((column) => ({
      name: column.name,
      type: formatColumnType(column.type),
      notNull: column.notNull,
      from: describeOrigin(column),
    })),
    rest: defined({ ...origin(table), ...sourceParts(source), load: describeLoad(table.load) }),
  };
}

function describeOrigin(column: Column): string {
  const { origin } = column;
  const suffix = describeSettings(column);
  switch (origin.kind) {
    case 'column':
      return `column ${origin.name}${suffix}`;
    case 'expression':
      return `expr ${origin.sql}${suffix}`;
    case 'file':
      return `file ${origin.template}${origin.pattern === undefined ? '' : ` by ${origin.pattern}`}`;
    default:
      return never(origin);
  }
}

/** Returns undefined if no setting is set: records of earlier versions stay as they are. */
function describeSettings({ onInfinite, type, optional, round, atZone, truncate }: Column): string {
  const isInfinite = onInfinite === 'null' && typesOfSetting.onInfinite.includes(type.kind);
  return [
    ...(isInfinite ? ['infinite as null'] : []),
    ...(optional === true ? ['optional'] : []),
    ...(round === undefined ? [] : ['rounded half up']),
    ...(atZone === undefined ? [] : [`at zone ${atZone}`]),
    ...(truncate === undefined ? [] : [`cut to ${truncate}`]),
  ]
    .map((part) => `, ${part}`)
    .join('');
}

function origin({ from, columnsFrom }: Table): Record<string, string | undefined> {
  switch (from.type) {
    case 'postgres':
      return {
        table:
          from.relation &&
          [from.relation.schema, from.relation.name].filter((part) => part !== undefined).join('.'),
        where: from.where,
        query: from.query,
        params: from.params.length > 0 ? JSON.stringify(from.params.map(({ shown }) => shown)) : undefined,
      };
    case 'file':
    case 's3':
      return { columns_from: columnsFrom === undefined ? undefined : 'header_file' };
    default:
      return never(from);
  }
}

/** An order of dates that is written reads the same values as one that is assumed, or fewer: an error is no other value. Neither is a limit. */
function describeFormat(format: Format): string {
  const keys = Object.keys(format).filter((key) => key !== 'isDateOrderSet' && key !== 'maxUnpacked');
  return JSON.stringify(format, keys.sort());
}

/** Connection settings are left out: the fingerprint knows which server it came from. */
function sourceParts(source: Source): Record<string, string | undefined> {
  switch (source.type) {
    case 'postgres':
      return {};
    case 'file':
      return {
        path: JSON.stringify(source.match),
        exclude: source.exclude.length > 0 ? JSON.stringify(source.exclude) : undefined,
        format: describeFormat(source.format),
      };
    case 's3':
      return {
        match: JSON.stringify(source.match),
        exclude: source.exclude.length > 0 ? JSON.stringify(source.exclude) : undefined,
        format: describeFormat(source.format),
        header_file:
          source.headerFile &&
          JSON.stringify([source.headerFile.key, source.headerFile.types ? 'types' : 'names']),
      };
    default:
      return never(source);
  }
}

/** Returns the part of the load mode that decides which rows are already in the extract. */
function describeLoad(load: Load): string | undefined {
  switch (load.kind) {
    case 'full':
      return undefined;
    case 'cursor':
      return `${load.mode} by ${JSON.stringify(load.cursor)}, NULL: ${load.nulls}`;
    case 'window':
      return `replace_window by ${JSON.stringify(load.column)}, NULL: ${load.nulls}`;
    case 'files':
      return `append by file in ${JSON.stringify(load.column)}`;
    default:
      return never(load);
  }
}

function defined(parts: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parts).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/**
 * Returns the whole configuration of a pipeline in a form that does not depend on comments, order of keys, formatting,
 * the folder of the file and the values of secrets: plain data to compare or hash. The way to reach a server is not
 * part of it.
 */
export function defineConfiguration(pipeline: Pipeline): unknown {
  const { name, description, tags, tables, extract, template, destinations } = pipeline;
  return {
    name,
    description,
    tags,
    tables: tables.map((table) => {
      const source = getOwn(pipeline.sources, table.source);
      return [table.name, source && defineTable(table, source), describeColumns(table)];
    }),
    keys: defineKeys(pipeline),
    // Checks are not part of a table's definition: they change nothing in an extract.
    checks: tables.some(({ checks }) => checks.length > 0)
      ? tables.map(({ checks }) => withoutPlaces(checks))
      : undefined,
    loads: tables.some(({ load }) => load.kind !== 'full')
      ? tables.map(({ load }) => withoutPlaces(load))
      : undefined,
    unverified: unverifiedKeys(tables),
    extract: { schema: extract.schema, version: extract.version },
    template: template && withoutPlaces({ ...template, staged: undefined, path: undefined }),
    destinations: destinations.map(defineDestination),
  };
}

/** Returns undefined if every key is verified, as in configurations that do not mention it. */
function unverifiedKeys(tables: readonly Table[]): readonly string[] | undefined {
  const names = tables.filter(({ verifyKey }) => verifyKey === false).map(({ name }) => name);
  return names.length === 0 ? undefined : names;
}

function describeColumns({ columns }: Table): readonly unknown[] {
  return columns.map(({ description, sensitive }) =>
    sensitive === true ? { description, sensitive } : description,
  );
}

function defineDestination(destination: Destination): unknown {
  switch (destination.type) {
    case 'file':
      return destination.shown;
    case 'tableau': {
      const { shown, name, project, delivery, description, tags, certification, keep, createProject } =
        destination;
      return {
        ...{ shown, name, project, description, tags, certification, keep, createProject },
        // The identity of a batch is of one run.
        delivery: 'batch' in delivery ? { ...delivery, batch: undefined } : delivery,
      };
    }
    default:
      return never(destination);
  }
}

/** Returns the value without the places where its parts are written, which are not part of its meaning. */
function withoutPlaces(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, part: unknown) =>
      key === 'place' || key === 'columnsPlace' ? undefined : part,
    ),
  ) as unknown;
}

/** Keys and relationships in canonical form. */
export function defineKeys({ tables, relationships }: Pipeline): string {
  const primary = tables
    .filter(({ primaryKey }) => primaryKey.length > 0)
    .map((t) => `${t.name}(${t.primaryKey.join(', ')})`);
  const foreign = relationships.map(
    ({ from, to }) => `${from.table}(${from.columns.join(', ')}) -> ${to.table}(${to.columns.join(', ')})`,
  );
  return [...primary, ...foreign].join('; ');
}
