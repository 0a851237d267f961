import { sourceKinds } from '../../model/config/source-kinds.ts';
import { child, type Diagnostic, type Place } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { codes } from '../codes.ts';
import { columnSettings, readColumnType } from '../values/column-text.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { formatTypeOf, isFilesSource, optionsOf, type FilesSource } from '../values/file-format.ts';
import { isPlaceholder } from '../references/reference-text.ts';
import { parseJsonPath } from '../../model/config/json-path.ts';
import { nearest } from '../../model/base/nearest.ts';
import { namesAt } from '../drafts/written-names.ts';
import { problem } from '../problem.ts';
import { parseUrl } from '../../model/config/postgres-url.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { readRelation } from '../values/relation.ts';
import type { Rule } from './rule.ts';

/** Rules that relate keys of a table to the kind of its source. */

export const tableOrQuery: Rule = function* (draft) {
  for (const [name, { from }] of tablesOf(draft, ({ takesSql }) => takesSql)) {
    const place = child(draft.place, 'tables', name, 'from');
    if (from.table !== undefined && from.query !== undefined) {
      const message = `"${name}" has both a table and a query: it takes one of them`;
      yield problem(codes.tableOrQuery, message, child(place, 'query'));
    } else if (from.table === undefined && from.query === undefined) {
      const hint = { hint: `write table: ${name}, or query: select …` };
      yield problem(
        codes.tableOrQuery,
        `"${name}" says neither a table nor a query of its source`,
        place,
        hint,
      );
    }
    if (from.table !== undefined && !isPlaceholder(from.table) && readRelation(from.table) === undefined) {
      const hint = { hint: 'write table, schema.table, or put a name with dots into double quotes' };
      yield problem(codes.tableOrQuery, `"${from.table}" is no name of a table`, child(place, 'table'), hint);
    }
    if (from.params !== undefined && from.query === undefined) {
      yield problem(codes.keyDoesNotApply, '"params" belong to a query', {
        ...child(place, 'params'),
        part: 'key',
      });
    }
    if (from.where !== undefined && from.table === undefined) {
      const hint = { hint: 'put the condition into the query' };
      yield problem(
        codes.keyDoesNotApply,
        '"where" belongs to a table',
        { ...child(place, 'where'), part: 'key' },
        hint,
      );
    }
  }
};

export const keysOfFileTables: Rule = function* (draft) {
  for (const [name, { from, columns = {} }] of tablesOf(draft, (kind) => kind.hasFiles)) {
    const place = child(draft.place, 'tables', name);
    for (const key of ['table', 'where', 'query', 'params', 'change_detection'] as const) {
      if (from[key] === undefined) continue;
      const message = `"${key}" is for PostgreSQL: "${from.source}" is a source of files, all of which make the table`;
      yield problem(codes.keyDoesNotApply, message, { ...child(place, 'from', key), part: 'key' });
    }
    for (const [column, written] of Object.entries(columns)) {
      if (columnSettings(written).expr === undefined) continue;
      const message = `"expr" is for PostgreSQL: "${from.source}" is a source of files`;
      yield problem(codes.keyDoesNotApply, message, {
        ...child(place, 'columns', column, 'expr'),
        part: 'key',
      });
    }
  }
};

/** Only names in a header or a Parquet schema show that a file lacks a column. */
export const optionalColumns: Rule = function* (draft) {
  for (const [name, { from, columns = {} }] of Object.entries(draft.written.tables)) {
    const settings = draft.sources.get(from.source)?.settings;
    if (settings === undefined) continue;
    for (const [column, written] of Object.entries(columns)) {
      if (columnSettings(written).optional !== true) continue;
      const place = child(draft.place, 'tables', name, 'columns', column, 'optional');
      const why = isFilesSource(settings)
        ? withoutNames(settings)
        : `"optional" is for files: "${from.source}" is ${sourceKinds[settings.type].label}`;
      if (why !== undefined) {
        yield problem(codes.keyDoesNotApply, why, { ...place, part: 'key' });
        continue;
      }
      const read = readColumnType(written);
      if ('problem' in read || !read.notNull) continue;
      const message = `"${column}" is optional and not null: it is NULL for files that lack it`;
      yield problem(codes.optionalColumn, message, place, { hint: 'remove one of the two' });
    }
  }
};

function withoutNames(settings: FilesSource): string | undefined {
  const type = formatTypeOf(settings);
  if (type === undefined || type === 'parquet' || type === 'jsonl') return undefined;
  const { header } = optionsOf(settings);
  return type !== 'text' && (header ?? true) === true
    ? undefined
    : '"optional" needs a header with names: without one, fields are matched by position';
}

/** A column of JSON lines may come from inside a record. */
export const jsonPaths: Rule = function* (draft) {
  for (const [name, { from, columns = {} }] of tablesOf(draft, (kind) => kind.hasFiles)) {
    const settings = draft.sources.get(from.source)?.settings;
    if (settings === undefined || !isFilesSource(settings) || formatTypeOf(settings) !== 'jsonl') continue;
    for (const [column, written] of Object.entries(columns)) {
      const path = columnSettings(written).from;
      if (path === undefined || isPlaceholder(path)) continue;
      const read = parseJsonPath(path);
      if (!('problem' in read)) continue;
      const place = child(draft.place, 'tables', name, 'columns', column, 'from');
      const hint = { hint: 'write $.key.inner, $.list[0] or $["any key"]; a key itself needs no $' };
      yield problem(codes.jsonPath, read.problem, place, hint);
    }
  }
};

export const addOnlyOnFiles: Rule = function* (draft) {
  for (const [name, { from, add }] of tablesOf(draft, (kind) => !kind.hasFiles)) {
    const settings = draft.sources.get(from.source)?.settings;
    if (add === undefined || settings === undefined) continue;
    const message = `"add" is for files: "${from.source}" is ${sourceKinds[settings.type].label}`;
    const hint = { hint: 'a column with expr: does the same' };
    yield problem(
      codes.keyDoesNotApply,
      message,
      { ...child(draft.place, 'tables', name, 'add'), part: 'key' },
      hint,
    );
  }
};

export const oneColumnOrigin: Rule = function* ({ written, place }) {
  for (const [table, { columns = {} }] of Object.entries(written.tables)) {
    for (const [name, column] of Object.entries(columns)) {
      const { from, expr } = columnSettings(column);
      if (from === undefined || expr === undefined) continue;
      const message = `"${name}" has both from and expr: it takes one of them`;
      yield problem(codes.columnOrigin, message, child(place, 'tables', table, 'columns', name, 'expr'));
    }
  }
};

export const completeConnections: Rule = function* (draft) {
  for (const [name, { settings, place }] of draft.sources) {
    if (settings.type !== 'postgres') continue;
    if ((settings.url ?? settings.host ?? undefined) !== undefined) continue;
    // A misspelt key is reported as an unknown one.
    const keys = namesAt(draft, 'sources', name);
    if (nearest('url', keys) !== undefined || nearest('host', keys) !== undefined) continue;
    const hint = { hint: 'write url: "${secret.NAME}", or host, database, user and password' };
    yield problem(
      codes.connectionIncomplete,
      `"${name}" says neither url nor host`,
      { ...place, part: 'key' },
      hint,
    );
  }
};

/**
 * A URL that cannot be read is reported with its place, before anything is connected. The message never repeats it. That of an item blocks
 * only this item, where it connects: the other tenants continue.
 */
export const readableUrls: Rule = function* ({ sources, key }) {
  if (key !== undefined) return;
  for (const { settings, place } of sources.values()) {
    if (settings.type === 'postgres' && typeof settings.url === 'string')
      yield* urlProblem(settings.url, child(place, 'url'));
  }
};

/** Reports the URL of a database that cannot be read. */
export function* urlProblem(url: string, place: Place): Iterable<Diagnostic> {
  // A reference without a value has its own message.
  if (url.includes('${')) return;
  try {
    parseUrl(url, place);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    yield problem(codes.connectionUrl, error.message, place, hint);
  }
}

function tablesOf(
  { written, sources }: PipelineDraft,
  isMeant: (kind: (typeof sourceKinds)[keyof typeof sourceKinds]) => boolean,
): [string, Written.Table][] {
  return Object.entries(written.tables).filter(([, { from }]) => {
    const type = sources.get(from.source)?.settings.type;
    return type !== undefined && isMeant(sourceKinds[type]);
  });
}
