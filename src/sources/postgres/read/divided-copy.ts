import type pg from 'pg';
import type { ByteStream } from '../../../model/ports/feed.ts';
import type { Table } from '../../../model/config/pipeline.ts';
import { cancelQuery, endedBy } from '../../../postgres/cancel.ts';
import type { Leased } from '../connection/lease.ts';
import { explainTable } from '../connection/errors.ts';
import { narrowed, selectSql, type Selection } from '../sql/selection.ts';
import { CopyOut } from './copy-out.ts';
import { FanIn } from './fan-in.ts';
import { divide } from '../contract/dividing.ts';
import { blockRanges } from './block-ranges.ts';
import { confirmRelations } from './confirm-unchanged.ts';
import type { SnapshotConnections } from './snapshot-connections.ts';

/** A table that several backends read together. */
export interface DividedReading {
  table: Table;
  selection: Selection;
  backends: number;
}

/** The ranges that no backend has taken yet, and the relations that all of them come from; undefined where the range is one. */
interface Ranges {
  ranges: (string | undefined)[];
  relations: ReadonlySet<string> | undefined;
}

/** A read on its way, and where all rows go. */
interface Reading {
  connections: SnapshotConnections;
  table: Table;
  selection: Selection;
  division: Ranges;
  rows: FanIn;
  copies: Set<CopyOut>;
  /** Aborted when the last row has come, or the read has failed: a backend that still waits has nothing to do. */
  over: AbortController;
  /** Aborted when the run is interrupted. */
  signal: AbortSignal;
  /** Lines that were reported. */
  said: Set<string>;
  /** Rows of the ranges that are read. */
  read: number;
}

/**
 * Reads a table by several backends at the moment of one snapshot, as one stream of whole rows. The first backend locks the
 * table, decides on the ranges and begins. The others join when they have a connection and their locks; one that waits for
 * either holds up nothing, because those that read take its ranges as well. Otherwise a session that waits for a lock could
 * wait for our readers while these wait for one of ours behind it, which no deadlock detection sees.
 */
export async function openDivided(
  connections: SnapshotConnections,
  { table, selection, backends }: DividedReading,
  signal: AbortSignal,
): Promise<ByteStream> {
  const { pool, source, host, readers } = connections;
  const first = await pool.read(source, host, signal);
  const division = await begin(connections, first, { table, selection, backends }, signal);
  const rows = new FanIn();
  const over = new AbortController();
  const reading: Reading = {
    ...{ connections, table, selection, division, rows, over, signal },
    copies: new Set<CopyOut>(),
    said: new Set(),
    read: 0,
  };
  const ended = AbortSignal.any([signal, over.signal]);
  const helpers = Math.min(backends, division.ranges.length) - 1;
  const others = Array.from({ length: helpers }, () => help(reading, ended));
  const working = [readRanges(reading, first), ...others];
  const left = Promise.all(
    working.map((one) => one.catch((error: unknown) => void rows.destroy(error as Error))),
  ).then(() => undefined);
  readers.set(rows, left);
  void left.then(() => readers.delete(rows));
  rows.once('close', () => over.abort());
  // The reader receives an error; an earlier one is reported again by the stream's state.
  rows.on('error', () => undefined);
  return {
    bytes: rows,
    rows: () => (rows.readableEnded ? reading.read : undefined),
    rowsSoFar: () => [...reading.copies].reduce((sum, copy) => sum + copy.rowsSoFar, reading.read),
  };
}

/** Joins the snapshot with the first backend, which reports what it waits for, and returns the ranges to read. */
async function begin(
  connections: SnapshotConnections,
  leased: Leased,
  { table, selection, backends }: DividedReading,
  signal: AbortSignal,
): Promise<Ranges> {
  const { client } = leased;
  try {
    const division = await endedBy(signal, client, async () => {
      await connections.join(leased, table);
      await connections.watch(client, table, () => connections.confirm(client, table, selection));
      return await divide(client, connections.relationOf(table), selection);
    });
    if ('leaves' in division) {
      const blocks = division.leaves.map((leaf) => leaf.blocks);
      const ranges = blockRanges(blocks, backends);
      return { ranges, relations: ranges.length > 1 ? division.relations : undefined };
    }
    connections.report(`read by 1 backend: ${division.reason}`, table);
    return { ranges: [undefined], relations: undefined };
  } catch (error) {
    await leased.end();
    throw signal.aborted ? error : explainTable(error, `cannot read table "${table.name}"`, table);
  }
}

/** Joins with a further backend, unless all ranges are taken before it can. */
async function help(reading: Reading, ended: AbortSignal): Promise<void> {
  const { connections, table, selection, rows } = reading;
  const { pool, source, host } = connections;
  let leased: Leased | undefined;
  try {
    const reader = await pool.read(source, host, ended);
    leased = reader;
    if (reading.division.ranges.length === 0) {
      await reader.free();
      return;
    }
    await endedBy(ended, reader.client, async () => {
      await connections.join(reader, table);
      await connections.confirm(reader.client, table, selection);
    });
  } catch (error) {
    await leased?.end();
    if (ended.aborted || rows.destroyed) return;
    const { message } = explainTable(error, 'one could not join', table);
    const line = `read by fewer backends: ${message}`;
    if (!reading.said.has(line)) connections.report(line, table);
    reading.said.add(line);
    return;
  }
  await readRanges(reading, leased);
}

/** Reads ranges with one backend until none is left, and releases it. The last one that reads ends the stream. */
async function readRanges(reading: Reading, leased: Leased): Promise<void> {
  const { selection, rows, copies, over } = reading;
  const { ranges } = reading.division;
  while (ranges.length > 0 && !rows.destroyed) {
    const range = ranges.shift();
    const copy = startCopy(leased.client, narrowed(selection, range));
    copies.add(copy);
    await rows.join(copy);
    copies.delete(copy);
    if (copy.rowCount === undefined) {
      // It was broken off, and so is its connection.
      await leased.end();
      return;
    }
    reading.read += copy.rowCount;
  }
  if (copies.size === 0 && !over.signal.aborted) {
    over.abort();
    await confirmRanges(reading, leased);
    rows.finish();
  }
  await leased.free();
}

/** Fails where a partition or child was attached while the ranges were read, which is then in some of them only. */
async function confirmRanges({ division, table, selection, signal }: Reading, leased: Leased): Promise<void> {
  const { relations } = division;
  if (relations === undefined) return;
  try {
    await endedBy(signal, leased.client, () =>
      confirmRelations(leased.client, { table, selection, relations }),
    );
  } catch (error) {
    await leased.end();
    throw error;
  }
}

function startCopy(client: pg.Client, selection: Selection): CopyOut {
  const copy = new CopyOut(`copy (${selectSql(selection)}) to stdout`, () => cancelQuery(client));
  client.query(copy);
  return copy;
}
