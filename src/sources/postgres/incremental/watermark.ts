import type pg from 'pg';
import type { Table } from '../../../model/config/pipeline.ts';
import type { Increment, Watermark } from '../../../model/world/watermark.ts';
import type { Agreed } from '../contract/contract.ts';
import { endOf, knownHorizon } from './changes.ts';
import { cursorNames, type Cursor } from '../contract/cursor-columns.ts';
import { afterOf, beginningOf, findHighest } from './highest.ts';
import { takeHorizon } from './late.ts';
import { takeMarks } from './marks.ts';

export interface Read {
  table: Table;
  agreed: Agreed;
  cursor: Cursor;
  /** Absent when all of it was read. */
  increment: Increment | undefined;
  /** True if counters alone show every change of the table. */
  counted: boolean;
}

/** Returns how far a table was read at the moment of a snapshot, with the marks that later show a change behind it. */
export async function watermarkOf(client: pg.Client, read: Read): Promise<Watermark> {
  const { agreed, cursor, increment } = read;
  const isWindow = cursor.load.kind === 'window';
  const highest = () => findHighest(client, agreed.selection, cursor);
  const upTo = isWindow ? undefined : (endOf(cursor, increment) ?? (await highest())?.values);
  const from = increment?.from ?? (await beginningOf(client, cursor, undefined));
  const horizon = knownHorizon(cursor, increment) ?? (await takeHorizon(client, agreed.relation))?.horizon;
  const so = {
    columns: cursorNames(cursor),
    ...(upTo === undefined ? {} : { upTo }),
    ...(isWindow && from !== undefined ? { from } : {}),
    ...(horizon === undefined ? {} : { horizon }),
  };
  const after = await afterOf(client, cursor, upTo);
  const marks = await takeMarks(client, { ...read, watermark: so, after });
  return Object.keys(marks).length === 0 ? so : { ...so, marks };
}
