import type { Table } from '../../../model/config/pipeline.ts';
import type { Horizon } from '../../../model/world/watermark.ts';
import { absent, compare, present, type Cursor } from '../contract/cursor-columns.ts';
import { writtenSince, type Late } from './late.ts';
import { allOf, anyOf, type Selection } from '../sql/selection.ts';

/** From where on, and up to where, a table is read that goes on from its extract. */
export interface Range {
  /** Absent: from the first row. */
  after?: readonly string[] | undefined;
  /** Absent: up to the last. */
  upTo?: readonly string[] | undefined;
  /** What a window begins with. */
  from?: string | undefined;
  /** Rows at `after` count, too, of those that have left what is taken. */
  isInclusive?: boolean;
  /** Of the last read; undefined where rows do not tell their transactions. */
  horizon?: Horizon | undefined;
  /** These are read, too, wherever they stand. */
  late?: Late | undefined;
}

/** For the rows to be read; undefined where that is all of them. */
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
 * Whether rows with the very cursor that was read up to are read again: another may have come with it since. A lag reads
 * them anyway, and where rows tell their transactions a new one is found by that.
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
 * Rows that were written since and are not to be in the extract, though they may have been: `where` leaves
 * them out now, or NULL in the cursor does. Undefined where there are none of that kind.
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
