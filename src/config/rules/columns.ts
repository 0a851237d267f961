import { comparable } from '../../model/config/check-columns.ts';
import {
  columnTypeNames,
  formatColumnType,
  versionProblem,
  type ColumnType,
} from '../../model/config/column-type.ts';
import { child, type Place } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import { addedSettings, readColumnType } from '../values/column-text.ts';
import { ownTypeOf } from '../values/foreign-types.ts';
import { sqlRemainsHint } from '../values/sql-remains.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { isSet } from '../drafts/defaults.ts';
import { namesAt, readEnd } from '../drafts/written-names.ts';
import { nearest } from '../../model/base/nearest.ts';
import { problem } from '../problem.ts';
import type { Rule } from './rule.ts';
import { ownSpelling } from '../../model/config/type-names.ts';
import { getOwn } from '../../model/base/get-own.ts';

export const columnTypes: Rule = function* (draft) {
  for (const { place, column } of writtenColumns(draft)) {
    const found = readColumnType(column);
    if (!('problem' in found)) continue;
    yield problem(codes.columnType, found.problem, typePlace(column, place), nearestType(found.written));
  }
};

/** Reports types that the version of the extract cannot hold: hyperd would report it only after the build has begun. */
export const typesOfVersion: Rule = function* (draft) {
  const { version } = draft.extract;
  if (version === undefined || version === null) return;
  for (const { place, column } of writtenColumns(draft)) {
    const found = readColumnType(column);
    const message = 'type' in found ? versionProblem(found.type, version) : undefined;
    if (message === undefined) continue;
    yield problem(codes.extractVersion, message, typePlace(column, place), {
      hint: 'set extract: {version: 3}, or give the column 18 digits or fewer',
    });
  }
};

interface WrittenColumn {
  place: Place;
  column: Parameters<typeof readColumnType>[0];
}

function* writtenColumns({ written: { tables }, place }: PipelineDraft): Generator<WrittenColumn> {
  for (const [table, { columns = {}, add = {} }] of Object.entries(tables)) {
    for (const [name, column] of Object.entries(columns))
      yield { place: child(place, 'tables', table, 'columns', name), column };
    for (const [name, column] of Object.entries(add))
      // The short form is the source of a text.
      if (typeof column !== 'string')
        yield { place: child(place, 'tables', table, 'add', name), column: addedSettings(column) };
  }
}

const typePlace = (column: WrittenColumn['column'], place: Place) =>
  typeof column === 'string' ? place : child(place, 'type');

function nearestType(text: string): { hint?: string } {
  if (finer.test(text)) return { hint: finerHint };
  const own = ownTypeOf(text);
  if (own !== undefined) return { hint: `did you mean "${own}"?` };
  if (/\(\s*\d+$/.test(text)) return { hint: 'inside { } a comma ends the entry: quote the type' };
  const hint = sqlRemainsHint(text);
  if (hint !== undefined) return { hint };
  const [, word = '', rest = ''] = /^([^(]*)(.*)$/s.exec(ownSpelling(text.trim().toLowerCase())) ?? [];
  const names = [...columnTypeNames, 'numeric', 'decimal', 'varchar', 'char'];
  const near = nearest(word.trim(), names);
  if (near === undefined) return { hint: 'extracts explain EXT1040 lists the types' };
  return near === word.trim().toLowerCase() ? {} : { hint: `did you mean "${near}${rest}"?` };
}

/** A moment with digits of a second that this type could lose. */
const finer = /^\s*(?:timestamp\w*|datetime2|datetime64)\s*\(\s*\d+\s*\)/i;
const finerHint =
  'write timestamp or timestamptz, which have 6 digits of a second, and truncate: microseconds if the values have more';

export const columnNames: Rule = function* ({ written, place }) {
  for (const [table, { columns = {}, add = {} }] of Object.entries(written.tables)) {
    const seen = new Map<string, string>();
    const all = [
      ...Object.keys(columns).map((name) => ['columns', name]),
      ...Object.keys(add).map((name) => ['add', name]),
    ];
    for (const [map = '', name = ''] of all) {
      const earlier = seen.get(name.toLowerCase());
      seen.set(name.toLowerCase(), name);
      if (earlier === undefined) continue;
      const at = { ...child(place, 'tables', table, map, name), part: 'key' as const };
      if (earlier === name) {
        yield problem(codes.duplicateColumn, `the table "${table}" already has a column "${name}"`, at);
      } else {
        const message = `the columns "${earlier}" and "${name}" differ only in case: Tableau shows them alike`;
        yield { ...problem(codes.columnsAlike, message, at), severity: 'warning' };
      }
    }
  }
};

export const keyColumnsOnce: Rule = function* ({ written, place }) {
  for (const [table, { primary_key: key = [] }] of Object.entries(written.tables)) {
    for (const [index, column] of key.entries()) {
      if (key.indexOf(column) === index) continue;
      const at = child(place, 'tables', table, 'primary_key', index);
      yield problem(codes.repeatedColumn, `the key names "${column}" twice`, at);
    }
  }
};

/** Reports verify_key without a key: there is nothing to verify. */
export const keysToVerify: Rule = function* ({ written, place }) {
  for (const [table, { primary_key: key, verify_key: verify }] of Object.entries(written.tables)) {
    if (key !== undefined || !isSet(verify)) continue;
    const at = { ...child(place, 'tables', table, 'verify_key'), part: 'key' as const };
    yield problem(codes.keyDoesNotApply, 'verify_key has no effect without primary_key', at);
  }
};

export const relationshipColumns: Rule = function* (draft) {
  const tables = namesAt(draft, 'tables');
  for (const [index, relationship] of (draft.written.relationships ?? []).entries()) {
    const from = readEnd(relationship.from, tables);
    const to = readEnd(relationship.to, tables);
    if (from === undefined || to === undefined) continue;
    const place = child(draft.place, 'relationships', index);
    if (from.columns.length !== to.columns.length) {
      const message = `a relationship of ${from.columns.length} to ${to.columns.length} columns: both sides need the same number`;
      yield problem(codes.relationshipCount, message, place);
      continue;
    }
    for (const [position, column] of from.columns.entries()) {
      const one = typeOf(draft, from.table, column);
      const other = typeOf(draft, to.table, to.columns[position] ?? '');
      if (one === undefined || other === undefined || comparable(one) === comparable(other)) continue;
      const message =
        `"${from.table}.${column}" is ${formatColumnType(one)} and "${to.table}.${String(to.columns[position])}" ` +
        `is ${formatColumnType(other)}: such values are never equal`;
      yield problem(codes.relationshipTypes, message, place);
    }
  }
};

/** Returns the type of a column as written; undefined if it is absent or not a type. */
export function typeOf({ written }: PipelineDraft, table: string, column: string): ColumnType | undefined {
  const found = getOwn(written.tables, table);
  if (found === undefined) return undefined;
  const added = getOwn(found.add, column);
  const settings = getOwn(found.columns, column) ?? (added && { type: addedSettings(added).type });
  const type = settings === undefined ? undefined : readColumnType(settings);
  return type === undefined || 'problem' in type ? undefined : type.type;
}

/**
 * A bare .hyper carries relationships as foreign keys, and Hyper wants those to point to a primary key. A template has
 * relationships of its own.
 */
export const relationshipsToKeys: Rule = function* (draft) {
  if (draft.written.template !== undefined) return;
  const tables = namesAt(draft, 'tables');
  for (const [index, relationship] of (draft.written.relationships ?? []).entries()) {
    const to = readEnd(relationship.to, tables);
    const table = to && getOwn(draft.written.tables, to.table);
    if (to === undefined || table === undefined) continue;
    const key = table.primary_key ?? [];
    const isKey = key.length === to.columns.length && to.columns.every((name) => key.includes(name));
    const columns = to.columns.map((name) => getOwn(table.columns, name));
    // A missing column is another problem; one of a header file is known when planning.
    const isKnown = !columns.includes(undefined);
    if (!isKnown && table.columns_from === undefined) continue;
    const isRequired = columns.every((column) => {
      const read = column === undefined ? undefined : readColumnType(column);
      return read !== undefined && 'notNull' in read && read.notNull;
    });
    if (isKey && (isRequired || !isKnown)) continue;
    const names = to.columns.join(', ');
    yield problem(
      codes.relationshipWithoutKey,
      `the extract cannot carry this relationship: ${to.table}(${names}) is no primary key that is not null`,
      child(draft.place, 'relationships', index, 'to'),
      {
        hint: `if it is unique, declare it: primary_key: [${names}], with "not null" on the column; else remove the relationship, or use a template`,
      },
    );
  }
};
