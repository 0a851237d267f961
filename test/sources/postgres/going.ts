import { text } from 'node:stream/consumers';
import type { TableChanges } from '../../../src/model/plan/row-changes.ts';
import type { Feed } from '../../../src/model/ports/feed.ts';
import type { Fingerprint } from '../../../src/model/world/fingerprint.ts';
import type { SourceObservation } from '../../../src/model/world/observation.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import type { Snapshot } from '../../../src/model/ports/source-port.ts';
import type { Increment, Watermark } from '../../../src/model/world/watermark.ts';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { never, sourceAt } from './support.ts';

/** What apply would remember of a table. */
export interface Remembered {
  rows: string[];
  watermark: Watermark;
  fingerprint: Fingerprint | undefined;
}

/** All parts of a feed to their ends: lines in order, since PostgreSQL promises none. */
export async function linesOf(feed: Feed): Promise<string[]> {
  const lines: string[] = [];
  for (const part of feed.parts) {
    if (part.kind !== 'stream') throw new Error('PostgreSQL gives streams');
    const stream = await part.open(never());
    try {
      const read = (await text(stream.bytes)).split('\n').slice(0, -1);
      if (stream.rows() !== read.length) throw new Error(`${stream.rows()} told, ${read.length} came`);
      lines.push(...read);
    } catch (error) {
      throw part.translate(error);
    }
  }
  return lines.sort();
}

export async function look(url: string, table: Table, last?: Remembered): Promise<SourceObservation> {
  const port = openPostgres(sourceAt(url));
  const before = last?.fingerprint;
  const watermark = last === undefined ? {} : { watermark: last.watermark };
  const [seen] = await port.observe([{ table, before, ...watermark }], never());
  return seen!;
}

export async function within<T>(
  url: string,
  table: Table,
  read: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const snapshot = await openPostgres(sourceAt(url)).snapshot([table], never());
  try {
    return await read(snapshot);
  } finally {
    await snapshot.end();
  }
}

/** Reads all of a table. */
export function readWhole(url: string, table: Table): Promise<Remembered> {
  return within(url, table, async (snapshot) => ({
    rows: await linesOf(await snapshot.feed(table, never())),
    watermark: await snapshot.watermark!(table, undefined, never()),
    fingerprint: snapshot.fingerprint(table),
  }));
}

/** What the plan would fix of an observation. */
export function incrementOf({ cursor }: SourceObservation, last: Remembered): Increment {
  const { since, upTo, from } = cursor!;
  if (since !== undefined && 'broken' in since) throw new Error(since.broken);
  return {
    watermark: last.watermark,
    ...(since?.after && { after: since.after }),
    ...(upTo && { upTo }),
    ...(from !== undefined && { from }),
    ...(since?.horizon && { horizon: since.horizon }),
  };
}

export interface ChangesRead {
  gone?: string[];
  cut?: TableChanges['deleteRange'];
  rows: string[];
  meeting?: TableChanges['onConflict'];
  keys?: string[];
}

export async function readChanges({
  deletedKeys: gone,
  deleteRange: cut,
  rows,
  onConflict: meeting,
  keys,
}: TableChanges): Promise<ChangesRead> {
  return {
    ...(gone && { gone: await linesOf(gone.feed) }),
    ...(cut && { cut }),
    rows: await linesOf(rows),
    ...(meeting && { meeting }),
    ...(keys && { keys: await linesOf(keys.feed) }),
  };
}

/** One round of plan and apply. `between` runs after the plan. */
export async function goOn(
  url: string,
  table: Table,
  last: Remembered,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Remembered & { changes: ChangesRead }> {
  const seen = await look(url, table, last);
  const increment = incrementOf(seen, last);
  await between();
  return within(url, table, async (snapshot) => {
    const changes = await readChanges(await snapshot.changes!(table, increment, last.fingerprint, never()));
    return {
      changes,
      rows: carryOut(table, last.rows, changes),
      watermark: await snapshot.watermark!(table, increment, never()),
      // That of the plan goes with what the plan has read: the snapshot's would know of rows behind it.
      fingerprint: seen.fingerprint.kind === 'unknown' ? undefined : seen.fingerprint,
    };
  });
}

/** Makes the changes in lines of text, as the engine makes them in an extract. */
function carryOut(table: Table, before: readonly string[], changes: ChangesRead): string[] {
  const names = table.columns.map(({ name }) => name);
  const valueOf = (line: string, name: string) => line.split('\t')[names.indexOf(name)]!;
  const keyOf = (line: string) => table.primaryKey.map((name) => valueOf(line, name)).join('\t');
  const gone = new Set(changes.gone);
  let rows = before.filter((line) => !gone.has(keyOf(line)));
  const { cut, meeting, keys } = changes;
  if (cut !== undefined)
    rows = rows.filter((line) => {
      const isTie = cut.ties?.columns.every((name, index) => valueOf(line, name) === cut.ties?.values[index]);
      return isTie !== true && !isCut(valueOf(line, cut.column), cut);
    });
  let fresh = changes.rows;
  if (meeting !== undefined) {
    const [staying, leaving] = meeting.keep === 'new' ? [fresh, rows] : [rows, fresh];
    const there = new Set(staying.map(keyOf));
    const left = leaving.filter((line) => !there.has(keyOf(line)));
    [fresh, rows] = meeting.keep === 'new' ? [fresh, left] : [left, rows];
  }
  rows = [...rows, ...fresh];
  if (keys !== undefined) {
    rows = rows.filter((line) => keys.includes(keyOf(line)));
    const there = rows.map(keyOf).sort();
    if (there.join() !== keys.join()) throw new Error(`keys ${keys.join()}, but rows ${there.join()}`);
  }
  return rows.sort();
}

function isCut(value: string, { bound, nulls }: NonNullable<TableChanges['deleteRange']>): boolean {
  if (value === '\\N') return nulls;
  if (bound === undefined) return false;
  if (value === bound.value) return bound.kind === 'from';
  // Times in one form are in the order of their letters.
  return /^-?[\d.]+$/.test(value) ? Number(value) > Number(bound.value) : value > bound.value;
}
