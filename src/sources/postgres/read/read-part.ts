import type pg from 'pg';
import type { StreamPart } from '../../../model/ports/feed.ts';
import type { Table } from '../../../model/config/pipeline.ts';
import { cancelQuery, endedBy } from '../../../postgres/cancel.ts';
import { connectAside } from '../connection/aside.ts';
import { CopyOut } from './copy-out.ts';
import { openDivided } from './divided-copy.ts';
import { explainBadText, isBadText } from './undecodable-text.ts';
import { explainTable } from '../connection/errors.ts';
import { explainRefusal } from './refused-value.ts';
import type { Leased } from '../connection/lease.ts';
import type { SnapshotConnections } from './snapshot-connections.ts';
import { selectSql, type Selection } from '../sql/selection.ts';

/** The text that one COPY reads, and the user's name for it. */
export interface Reading {
  table: Table;
  selection: Selection;
  label: string;
  /** No more rows than this. */
  most?: number | undefined;
  /** The backends that read it together; otherwise it is one. */
  backends?: number | undefined;
}

/** Returns one COPY of the snapshot as a part of a feed. Nothing is sent before it is opened. */
export function readPart(connections: SnapshotConnections, reading: Reading): StreamPart {
  const { table, selection, label, backends = 1 } = reading;
  return {
    kind: 'stream',
    label,
    columns: selection.columns.map(({ name }) => name),
    format: { type: 'text' },
    async open(signal) {
      const together = Math.min(backends, connections.pool.mostReaders(connections.source));
      if (together > 1) return openDivided(connections, { table, selection, backends: together }, signal);
      const copy = await openCopy(connections, reading, signal);
      return { bytes: copy, rows: () => copy.rowCount, rowsSoFar: () => copy.rowsSoFar };
    },
    explain: (refusal) => explainRefusal(refusal, table, selection, () => openAside(connections)),
    translate: (error) =>
      isBadText(error)
        ? explainBadText(error, table, selection, () => openAside(connections))
        : explainTable(error, `reading table "${table.name}"`, table),
  };
}

/** Runs a query at the moment of the snapshot, on a separate connection. */
export function askAtSnapshot<T>(
  connections: SnapshotConnections,
  table: Table,
  signal: AbortSignal,
  ask: (client: pg.Client) => Promise<T>,
): Promise<T> {
  return askOnOwnConnection(connections, table, signal, async (reader) => {
    const { client } = reader;
    await connections.join(reader, table);
    return await connections.watch(client, table, async () => {
      const answered = await ask(client);
      await connections.confirm(client, table);
      return answered;
    });
  });
}

/** Runs a query that waits for no lock, at the present moment. */
export function askNow<T>(
  connections: SnapshotConnections,
  table: Table,
  signal: AbortSignal,
  ask: (client: pg.Client) => Promise<T>,
): Promise<T> {
  return askOnOwnConnection(connections, table, signal, async (reader) => {
    await reader.begin();
    return await ask(reader.client);
  });
}

/** Runs a query on a connection of its own, and releases it. */
async function askOnOwnConnection<T>(
  connections: SnapshotConnections,
  table: Table,
  signal: AbortSignal,
  ask: (reader: Leased) => Promise<T>,
): Promise<T> {
  let leased: Leased | undefined;
  try {
    signal.throwIfAborted();
    const reader = await connections.pool.read(connections.source, connections.host, signal);
    leased = reader;
    return await endedBy(signal, reader.client, async () => {
      const answer = await ask(reader);
      await reader.free();
      return answer;
    });
  } catch (error) {
    signal.throwIfAborted();
    throw explainTable(error, `reading table "${table.name}"`, table);
  } finally {
    await leased?.end();
  }
}

/**
 * Returns a client at the moment of the snapshot to explain an error. It is not one of the pool: the reader that failed may
 * still hold a connection, and waiting for another one could take for ever.
 */
async function openAside(connections: SnapshotConnections): Promise<pg.Client> {
  const client = await connectAside(connections.source, connections.host);
  // Behind a pooler there may be no other connection, and without an explanation the refusal is still an error.
  const timer = setTimeout(() => client.connection.stream.destroy(), patience);
  try {
    await connections.joinAside(client);
    return client;
  } catch (error) {
    client.connection.stream.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds. */
const patience = 5000;

/** Begins a COPY on a connection that is released when the last byte has been read. */
async function openCopy(
  { source, pool, host, join, watch, confirm, readers }: SnapshotConnections,
  { table, selection, most }: Reading,
  signal: AbortSignal,
): Promise<CopyOut> {
  const leased = await pool.read(source, host, signal);
  const { client } = leased;
  const select = selectSql(selection);
  try {
    await endedBy(signal, client, async () => {
      await join(leased, table);
      await watch(client, table, () => confirm(client, table, selection));
    });
  } catch (error) {
    await leased.end();
    throw signal.aborted ? error : explainTable(error, `cannot read table "${table.name}"`, table);
  }
  const limited = most === undefined ? select : `select * from (${select}) as whole limit ${most}`;
  const copy = new CopyOut(`copy (${limited}) to stdout`, () => cancelQuery(client));
  const ended = new Promise<void>((resolve) => {
    // One that was broken off has broken its connection.
    const leave = () => (copy.rowCount === undefined ? leased.end() : leased.free());
    copy.once('close', () => void leave().then(resolve));
  });
  readers.set(copy, ended);
  void ended.then(() => readers.delete(copy));
  // The reader receives an error; an earlier one is reported again by the stream's state.
  copy.on('error', () => undefined);
  client.query(copy);
  return copy;
}
