import type { Table } from '../../../model/config/pipeline.ts';
import type { Horizon } from '../../../model/world/watermark.ts';
import { absent, compare, present, type Cursor } from '../contract/cursor-columns.ts';
import { writtenSince, type Late } from './late.ts';
import { allOf, anyOf, type Selection } from '../sql/selection.ts';

/** The range in which a table is read that continues from its extract. */
export interface Range {
  /** Absent: from the first row. */
  after?: readonly string[] | undefined;
  /** Absent: up to the last. */
  upTo?: readonly string[] | undefined;
  /** The beginning of a window. */
  from?: string | undefined;
  /** True if rows at `after` count, too, of those that no longer match the selection. */
  isInclusive?: boolean;
  /** The horizon of the last read; undefined where rows do not show their transactions. */
  horizon?: Horizon | undefined;
  /** The late rows, which are read, too, wherever they are. */
  late?: Late | undefined;
}

/** Returns the condition for the rows to read; undefined if all rows are read. */
export function inRange(table: Table, cursor: Cursor, range: Range): string | undefined {
  const { after, upTo, from } = range;
  const again = cursor.load.nulls === 'include' ? absent(cursor) : undefined;
  if (cursor.load.kind === 'window')
    return from === undefined ? undefined : anyOf(compare(cursor, '>=', [from]), again);
  const sign = readsTies(table, cursor, range) ? '>=' : '>';
  const begun =
    after === undefined ? undefined : anyOf(compare(cursor, sign, after), lateOf(table, cursor, range));
  const within = allOf(begun, upTo === undefined ? undefined : compare(cursor, '<=', upTo));
  return within === undefined ? undefined : anyOf(within, again);
}

/**
 * Returns whether rows with the very cursor that was read up to are read again: another may have come with it since.
 * A lag reads them anyway, and where rows show their transactions a new one is found by that.
 */
export function readsTies(
  { primaryKey }: Table,
  { load }: Cursor,
  { horizon }: Pick<Range, 'horizon'>,
): boolean {
  const isTold = primaryKey.length > 0 && horizon !== undefined;
  return load.kind === 'cursor' && load.lag === undefined && !isTold;
}

/** Rows that are met by their key only: appended, they would be there twice. */
export function lateOf(table: Table, { load }: Cursor, { late }: Range): string | undefined {
  return late === undefined || load.kind !== 'cursor' || table.primaryKey.length === 0
    ? undefined
    : writtenSince(late);
}

/**
 * Returns the rows that were written since and do not belong in the extract, though they may have been there: `where`
 * leaves them out now, or NULL in the cursor does. Undefined where there are none of that kind.
 */
export function leftRows(
  table: Table,
  cursor: Cursor,
  selection: Selection,
  range: Range,
): Selection | undefined {
  const wanted = allOf(...selection.conditions);
  if (cursor.load.kind !== 'cursor' || cursor.load.mode !== 'upsert' || wanted === undefined)
    return undefined;
  const written =
    lateOf(table, cursor, range) ??
    (range.after === undefined
      ? undefined
      : compare(cursor, range.isInclusive === true ? '>=' : '>', range.after));
  if (written === undefined) return undefined;
  return { ...selection, conditions: [`(${wanted}) is not true`, written] };
}

/** The same rows whether or not those with NULL in the cursor are left out. */
export function withNulls(selection: Selection, cursor: Cursor): Selection {
  const left = cursor.load.nulls === 'exclude' ? present(cursor) : undefined;
  return { ...selection, conditions: selection.conditions.filter((condition) => condition !== left) };
}
