import type pg from 'pg';
import type { Table } from '../../../model/config/pipeline.ts';
import type { Watermark, WatermarkPart } from '../../../model/world/watermark.ts';
import { probe } from '../contract/catalog.ts';
import type { Agreed } from '../contract/contract.ts';
import { absent, compare, type Cursor } from '../contract/cursor-columns.ts';
import { leftRows, readsTies } from './range.ts';
import { allOf, anyOf, narrowed, onlyColumns, rowsSql, type Selection } from '../sql/selection.ts';

export interface Marked {
  table: Table;
  agreed: Agreed;
  cursor: Cursor;
  /** True if counters alone show every change of the table. */
  counted: boolean;
  /** The watermark of the read: the marks are of the same rows whenever they are taken. */
  watermark: Pick<Watermark, 'upTo' | 'from' | 'horizon'>;
  /** The watermark less the lag. */
  after: readonly string[] | undefined;
}

/** Returns marks of the rows that a higher cursor does not reveal: the same for the same rows, in any order. */
export async function takeMarks(
  client: pg.Client,
  marked: Marked,
): Promise<Partial<Record<WatermarkPart, string>>> {
  const { table, agreed, cursor, counted } = marked;
  const { selection, deletes } = agreed;
  const marks: Partial<Record<WatermarkPart, string>> = {};
  const again = counted ? [] : againRows(marked);
  if (again.length > 0) {
    const parts = [];
    for (const rows of again) parts.push(await hashRows(client, rows));
    marks.again = parts.join(' ');
  }
  const ties = tiesOf(marked);
  if (ties !== undefined) marks.ties = await hashRows(client, ties);
  if (deletes !== undefined) marks.deletes = await hashRows(client, deletes);
  const isByKeys = cursor.load.kind === 'cursor' && cursor.load.deletes?.kind === 'keys';
  if (isByKeys && !counted) marks.keys = await hashRows(client, onlyColumns(selection, table.primaryKey));
  return marks;
}

/** Returns the rows that are read next time though they are not beyond the watermark. */
function againRows({ table, agreed: { selection }, cursor, watermark, after }: Marked): Selection[] {
  const nulls = cursor.load.nulls === 'include' ? absent(cursor) : undefined;
  const { upTo, from, horizon } = watermark;
  const within =
    cursor.load.kind === 'window'
      ? from && compare(cursor, '>=', [from])
      : cursor.load.lag && upTo && after && allOf(compare(cursor, '>', after), compare(cursor, '<=', upTo));
  const again = anyOf(within, nulls);
  const left = horizon === undefined ? leftRows(table, cursor, selection, { after: upTo }) : undefined;
  return [
    ...(again === undefined ? [] : [narrowed(selection, again)]),
    ...(left === undefined ? [] : [onlyColumns(left, table.primaryKey)]),
  ];
}

/** Returns the rows at the highest cursor, where they are read again and nothing else reveals another one. */
function tiesOf({ table, agreed: { selection }, cursor, watermark }: Marked): Selection | undefined {
  const { upTo } = watermark;
  if (upTo === undefined || !readsTies(table, cursor, watermark)) return undefined;
  return narrowed(selection, compare(cursor, '=', upTo));
}

async function hashRows(client: pg.Client, selection: Selection): Promise<string> {
  const row = `row(${selection.items.join(', ')})::pg_catalog.text`;
  const { rows } = await probe(
    client,
    `select count(*) || ':' || coalesce(sum(hashtextextended(${row}, 0)), 0) from ${rowsSql(selection)}`,
  );
  return String(rows[0]?.[0]);
}
