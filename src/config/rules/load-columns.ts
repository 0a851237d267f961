import { comparable } from '../../model/config/check-columns.ts';
import { formatColumnType, type ColumnType } from '../../model/config/column-type.ts';
import { child, type Diagnostic, type Place } from '../../model/errors/diagnostic.ts';
import { getOwn } from '../../model/base/get-own.ts';
import { durationOf } from '../values/amounts.ts';
import { codes } from '../codes.ts';
import { readColumnType } from '../values/column-text.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { fileColumn, fileReference } from '../values/file-column.ts';
import { isPlaceholder } from '../references/reference-text.ts';
import { cursorColumns, readLag, tableLoad, type TableLoad } from '../values/load-settings.ts';
import { problem } from '../problem.ts';
import type { Rule } from './rule.ts';
import { typeOf } from './columns.ts';
import { amount } from './numbers.ts';
import { knownColumn } from './references.ts';

/** Checks that the columns of a load exist and have a suitable type; durations are checked, too. */
export const loadColumns: Rule = function* (draft) {
  for (const [table, { from }] of Object.entries(draft.written.tables)) {
    const load = tableLoad(draft, table);
    const { settings } = load;
    const kind = draft.sources.get(from.source)?.settings.type;
    if (settings.mode !== undefined && settings.mode !== 'full') yield* refreshOf(load);
    if (settings.mode === 'append' && settings.by === 'file') {
      if (kind === 'file' || kind === 's3') yield* filesNamed(draft, table, load, kind);
    } else if (kind === 'file' || kind === 's3') {
      continue;
    } else if (settings.mode === 'append' || settings.mode === 'upsert') {
      yield* cursorOf(draft, table, load);
      yield* lagOf(draft, table, load);
      yield* keyWithoutNulls(draft, table, settings.mode);
    } else if (settings.mode === 'replace_window') yield* windowOf(draft, table, load);
  }
};

function* filesNamed(
  draft: PipelineDraft,
  table: string,
  load: TableLoad,
  kind: 'file' | 's3',
): Iterable<Diagnostic> {
  if (fileColumn(draft, table) !== undefined) return;
  const reference = fileReference(kind);
  const message = `"by: file" needs a text column that is ${reference} and nothing else: it shows which rows came from a file`;
  const hint = { hint: `add: {"File Path": "${reference}"}` };
  yield problem(codes.loadFileColumn, message, load.placeOf('by'), hint);
}

const cursorKinds: readonly ColumnType['kind'][] = [
  ...(['smallint', 'int', 'bigint', 'numeric'] as const),
  ...(['date', 'timestamp', 'timestamptz'] as const),
  ...(['text', 'varchar', 'char'] as const),
];

function* cursorOf(
  draft: PipelineDraft,
  table: string,
  { settings, placeOf }: TableLoad,
): Iterable<Diagnostic> {
  for (const [index, column] of cursorColumns(settings).entries()) {
    const place = typeof settings.cursor === 'string' ? placeOf('cursor') : child(placeOf('cursor'), index);
    yield* knownToTable(draft, table, column, place);
    const type = typeOf(draft, table, column);
    if (type === undefined || cursorKinds.includes(type.kind)) continue;
    const message = `the column "${column}" is ${formatColumnType(type)}: a cursor is a whole number, numeric, a date, a timestamp or a text`;
    yield problem(codes.loadType, message, place);
  }
}

function* lagOf(draft: PipelineDraft, table: string, load: TableLoad): Iterable<Diagnostic> {
  const { lag: written } = load.settings;
  if (written === undefined) return;
  const place = load.placeOf('lag');
  const lag = readLag(written);
  if (lag === undefined) yield* amount(String(written), durationOf, 'length of time', '10m', place);
  else if ('seconds' in lag) yield* within(lag.shown, place);
  else if (lag.units === 0) yield problem(codes.outOfBounds, 'a lag is more than 0', place);
  if (lag === undefined || isPlaceholder(String(written))) return;

  const [first = ''] = cursorColumns(load.settings);
  const type = typeOf(draft, table, first);
  const wanted = type && cursorKinds.includes(type.kind) ? lagOfType(type) : undefined;
  if (type === undefined || wanted === undefined || wanted.is in lag) return;
  const message = `"${table}.${first}" is ${formatColumnType(type)}: ${wanted.says}`;
  const hint = load.own.includes('lag')
    ? wanted.hint
    : 'write it in the table, or un-set it there: lag: null';
  yield problem(codes.loadType, message, place, hint === undefined ? {} : { hint });
}

function lagOfType(type: ColumnType): { is: 'seconds' | 'units' | 'nothing'; says: string; hint?: string } {
  switch (comparable(type)) {
    case 'date':
      return {
        is: 'seconds',
        says: 'its lag is a length of time',
        hint: 'with a unit, for example lag: 10m',
      };
    case 'number':
      return { is: 'units', says: 'its lag is a number', hint: 'without a unit, for example lag: 1000' };
    default:
      return { is: 'nothing', says: 'a text has no lag' };
  }
}

function* windowOf(
  draft: PipelineDraft,
  table: string,
  { settings, placeOf }: TableLoad,
): Iterable<Diagnostic> {
  const { column, last } = settings;
  yield* within(last, placeOf('last'));
  if (column === undefined) return;
  yield* knownToTable(draft, table, column, placeOf('column'));
  const type = typeOf(draft, table, column);
  if (type === undefined || comparable(type) === 'date') return;
  const message = `the column "${column}" is ${formatColumnType(type)}: a window is about a date or a timestamp`;
  yield problem(codes.loadType, message, placeOf('column'));
}

/** Rows are found again by their key: one with NULL in it is never found, and would be added each time. */
function* keyWithoutNulls(draft: PipelineDraft, table: string, mode: string): Iterable<Diagnostic> {
  const { primary_key: key = [], columns } = getOwn(draft.written.tables, table) ?? {};
  for (const name of key) {
    const column = getOwn(columns, name);
    const read = column === undefined ? undefined : readColumnType(column);
    if (read === undefined || 'problem' in read || read.notNull) continue;
    const message = `${mode} finds rows by primary key, and "${name}" allows NULL: such rows are never found again`;
    const place = child(draft.place, 'tables', table, 'columns', name);
    const hint = { hint: `write ${formatColumnType(read.type)} not null` };
    yield problem(codes.nullableKey, message, place, hint);
  }
}

function* refreshOf({ settings: { full_refresh: refresh }, placeOf }: TableLoad): Iterable<Diagnostic> {
  yield* within(refresh?.every, child(placeOf('full_refresh'), 'every'), 60);
}

function* knownToTable(
  draft: PipelineDraft,
  table: string,
  column: string,
  place: Place,
): Iterable<Diagnostic> {
  if (!isPlaceholder(column)) yield* knownColumn(draft, table, column, place);
}

/** The longest duration that can be subtracted from any present date. */
const longest = 36_500 * 86_400;

function* within(written: string | undefined, place: Place, least = 0): Iterable<Diagnostic> {
  yield* amount(written, durationOf, 'length of time', '7d', place);
  const seconds = written === undefined ? undefined : durationOf(written);
  if (written === undefined || seconds === undefined) return;
  if (seconds === 0) yield problem(codes.outOfBounds, `${written} is no length of time`, place);
  else if (seconds < least) yield problem(codes.outOfBounds, `${written} is less than a minute`, place);
  else if (seconds > longest)
    yield problem(codes.outOfBounds, `${written} is more than a hundred years`, place);
}
