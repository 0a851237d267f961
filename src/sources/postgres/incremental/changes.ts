import type pg from 'pg';
import type { DeleteRange, Highest, TableChanges } from '../../../model/plan/row-changes.ts';
import type { StreamPart } from '../../../model/ports/feed.ts';
import type { Fingerprint } from '../../../model/world/fingerprint.ts';
import type { Table } from '../../../model/config/pipeline.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import type { Horizon, Increment } from '../../../model/world/watermark.ts';
import { attachedBreak } from './attached-partition.ts';
import { describeOrigin } from '../contract/query-errors.ts';
import type { Agreed } from '../contract/contract.ts';
import { absent, type Cursor } from '../contract/cursor-columns.ts';
import { countNulls, nullsProblem } from './highest.ts';
import { horizonBreak, lateSince, takeHorizon, type Present } from './late.ts';
import { inRange, leftRows, readsTies, type Range } from './range.ts';
import { narrowed, onlyColumns, type Selection } from '../sql/selection.ts';

export interface Continued {
  table: Table;
  agreed: Agreed;
  cursor: Cursor;
  increment: Increment;
}

/** Returns the rows to read of a table that continues from its extract, and the treatment of its existing rows. */
export function changesOf(
  { table, agreed: { selection, deletes }, cursor, increment }: Continued,
  present: Present | undefined,
  part: (selection: Selection, label: string) => StreamPart,
): TableChanges {
  const { load } = cursor;
  const range = rangeOf(cursor, increment, present);
  const label = describeOrigin(table);
  const rows = { parts: [part(narrowed(selection, inRange(table, cursor, range)), label)] };
  const cut = cutOf(table, cursor, range);
  const key = table.primaryKey;
  const stays = load.kind === 'cursor' && load.mode === 'append' ? 'old' : 'new';
  const isInclusive = readsTies(table, cursor, range);
  const left = leftRows(table, cursor, selection, { ...range, isInclusive });
  const gone = [
    ...(left === undefined ? [] : [part(onlyColumns(left, key), `${label} (left)`)]),
    ...(deletes === undefined ? [] : [part(deletes, `${label} (deleted)`)]),
  ];
  return {
    ...(gone.length === 0 ? {} : { deletedKeys: { columns: key, feed: { parts: gone } } }),
    ...(cut === undefined ? {} : { deleteRange: cut }),
    rows,
    ...(key.length === 0 ? {} : { onConflict: { key, keep: stays, ...highestIn(cursor, increment) } }),
    ...(reconciles(cursor)
      ? { keys: { columns: key, feed: { parts: [part(onlyColumns(selection, key), `${label} (keys)`)] } } }
      : {}),
  };
}

const reconciles = ({ load }: Cursor) => load.kind === 'cursor' && load.deletes?.kind === 'keys';

/**
 * Returns the first column of the highest cursor. It is the highest of its column unless another column may be NULL: the highest
 * cursor is one without NULL, and a row with NULL beside a higher value may be in the extract.
 */
function highestIn({ columns }: Cursor, { watermark }: Increment): { highest?: Highest } {
  const [first, ...others] = columns;
  const value = watermark.inExtract?.[0];
  const maySkip = others.some(({ mayBeNull, infiniteIsNull }) => mayBeNull || infiniteIsNull);
  return first === undefined || typeof value !== 'string' || maySkip
    ? {}
    : { highest: { column: first.column.name, value } };
}

/**
 * Keys are those of the snapshot. Where they are compared, rows are read up to the snapshot too: a row that
 * was inserted since the plan would have a key and not be there, and one that was updated since would lose
 * its old version.
 */
export function endOf(cursor: Cursor, increment: Increment | undefined): readonly string[] | undefined {
  return reconciles(cursor) ? undefined : increment?.upTo;
}

/** Rows that came late since the plan looked for them are left to the next time, but not where keys are compared. */
export function knownHorizon(cursor: Cursor, increment: Increment | undefined): Horizon | undefined {
  return reconciles(cursor) ? undefined : increment?.horizon;
}

function rangeOf(cursor: Cursor, increment: Increment, present: Present | undefined): Range {
  const { after, from, watermark } = increment;
  const isLooked = knownHorizon(cursor, increment) === undefined;
  const late = isLooked ? lateSince(watermark.horizon, present) : undefined;
  return { after, from, upTo: endOf(cursor, increment), horizon: watermark.horizon, late };
}

/** Returns the range of rows to delete first: those that are read again, where no key identifies them. */
function cutOf(table: Table, cursor: Cursor, range: Range): DeleteRange | undefined {
  const { load, columns } = cursor;
  const { from, after } = range;
  const includes = load.nulls === 'include';
  if (load.kind === 'window') {
    const bound = from === undefined ? undefined : ({ kind: 'from', value: from } as const);
    return { column: load.column, ...(bound && { bound }), nulls: includes };
  }
  const [first] = columns;
  if (first === undefined || table.primaryKey.length > 0) return undefined;
  const value = load.lag === undefined ? undefined : after?.[0];
  if (value !== undefined)
    return { column: first.column.name, bound: { kind: 'after', value }, nulls: includes };
  const open = columns.find(({ mayBeNull, infiniteIsNull }) => mayBeNull || infiniteIsNull);
  if (after !== undefined && readsTies(table, cursor, range)) {
    const nulls = includes && open !== undefined;
    return { column: (open ?? first).column.name, ties: { columns: load.cursor, values: after }, nulls };
  }
  return includes && open !== undefined ? { column: open.column.name, nulls: true } : undefined;
}

/**
 * Fails where the source no longer is what the plan saw. The fingerprints are the one applied last and the present
 * one. Returns the transactions of the snapshot.
 */
export async function confirmContinued(
  client: pg.Client,
  continued: Continued,
  fingerprints: readonly [Fingerprint | undefined, Fingerprint | undefined],
): Promise<Present | undefined> {
  const { table, agreed, cursor, increment } = continued;
  const { horizon } = increment.watermark;
  const present = await takeHorizon(client, agreed.relation);
  const range = { ...rangeOf(cursor, increment, present), late: lateSince(horizon, present) };
  const broken =
    horizonBreak(horizon, present?.horizon, cursor.load.kind) ??
    (await attachedBreak(client, continued, range, fingerprints));
  if (broken === undefined) return present;
  throw new RunError('EXT2004', `table "${table.name}" changed since the plan: ${broken}`, {
    hint: 'plan again',
    place: table.place,
  });
}

/** Fails when there is NULL where there must be none. */
export async function confirmNoNulls(
  client: pg.Client,
  { selection }: Agreed,
  cursor: Cursor,
): Promise<void> {
  if (cursor.load.nulls !== 'error' || absent(cursor) === undefined) return;
  const [problem] = nullsProblem(cursor, await countNulls(client, selection, cursor));
  if (problem === undefined) return;
  throw new RunError(problem.code, problem.message, { hint: problem.hint, place: problem.place });
}
