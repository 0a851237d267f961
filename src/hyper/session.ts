import { createConnection } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { refuseFullDisk } from '../disk/full.ts';
import type { Bytes } from '../model/ports/feed.ts';
import { copyIn, SourceFailure } from './copy-in.ts';
import { engineLost } from './engine-lost.ts';
import { outOfMemory } from './out-of-memory.ts';
import { watchFiles, type FileWatch } from './file-watch.ts';
import type { HyperProcess } from './process.ts';

/** One connection to hyperd. Values come back as the text that Hyper prints: nothing is lost to JavaScript's types. */
export interface HyperSession {
  query(sql: string, signal?: AbortSignal): Promise<Record<string, string | null>[]>;
  /**
   * Runs one statement, and not several, and returns its first rows with their columns in order, even if names repeat. The
   * statement is cancelled as soon as it has more rows than wanted.
   */
  select(sql: string, most: number, signal: AbortSignal): Promise<SelectedRows>;
  /** Runs a statement that changes rows; resolves to how many. */
  change(sql: string, signal: AbortSignal): Promise<number>;
  /** Streams bytes into a `COPY … FROM STDIN`; resolves to the rows that Hyper took. */
  copyIn(sql: string, bytes: Bytes, progress: (bytes: number) => void, signal: AbortSignal): Promise<number>;
  /** Runs a `COPY … FROM 'file'`; resolves to the rows that Hyper took. */
  copyFile(sql: string, signal: AbortSignal): Promise<number>;
  /** Reports how many bytes of files (their sizes by their paths) hyperd has read, while it reads them. */
  watchFiles(files: ReadonlyMap<string, number>, progress: (bytes: number) => void): FileWatch;
  /** Safe to call twice. */
  end(): Promise<void>;
}

/** The first rows of a query. */
export interface SelectedRows {
  columns: readonly string[];
  rows: readonly (string | null)[][];
  /** There are more rows than these. */
  isCut: boolean;
}

export async function openSession(process: HyperProcess): Promise<HyperSession> {
  const client = new pg.Client({
    ...process.socket,
    user: 'tableau_internal_user',
    database: '',
    types: { getTypeParser: () => (text: string) => text },
  });
  // hyperd's end arrives as an event as well as in the pending call; the call is where it is reported.
  client.on('error', () => undefined);
  const asReported = (error: unknown) => reported(process, error);
  const run = <T>(call: () => Promise<T>): Promise<T> =>
    call().catch(async (error: unknown) => {
      throw await asReported(error);
    });
  await run(() => client.connect());
  const cancellable = async <T>(signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> => {
    let cancelling: Promise<void> | undefined;
    const cancel = () => {
      cancelling = cancelQuery(process, client);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      signal?.throwIfAborted();
      return await run(call);
    } finally {
      signal?.removeEventListener('abort', cancel);
      if (cancelling !== undefined) await settle(client, cancelling);
    }
  };
  try {
    await run(() => client.query("set timezone = 'UTC'"));
  } catch (error) {
    await client.end();
    // A session begins with a database in memory and a file for what does not fit into it.
    await refuseFullDisk(process.socket.host, 'hyperd cannot begin to work');
    throw error;
  }
  return {
    query: (sql, signal) =>
      cancellable(signal, async () => (await client.query<Record<string, string | null>>(sql)).rows),
    select: (sql, most, signal) =>
      stoppable(signal, cancellable, (stop) => selectRows(client, { sql, most, stop })),
    change: (sql, signal) => cancellable(signal, async () => (await client.query(sql)).rowCount ?? 0),
    async copyIn(sql, bytes, progress, signal) {
      try {
        return await copyIn(client, { sql, bytes, progress }, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw error instanceof SourceFailure ? error : await asReported(error);
      }
    },
    copyFile: (sql, signal) => cancellable(signal, async () => (await client.query(sql)).rowCount ?? 0),
    watchFiles: (files, progress) => watchFiles(process.pid, files, progress),
    end: () => client.end(),
  };
}

/** Runs a call that can also stop its own statement. */
function stoppable<T>(
  signal: AbortSignal,
  cancellable: (signal: AbortSignal, call: () => Promise<T>) => Promise<T>,
  call: (stop: () => void) => Promise<T>,
): Promise<T> {
  const enough = new AbortController();
  return cancellable(AbortSignal.any([signal, enough.signal]), () => call(() => enough.abort()));
}

/** Runs one statement: the extended protocol takes no more. */
function selectRows(
  client: pg.Client,
  { sql: text, most, stop }: { sql: string; most: number; stop: () => void },
): Promise<SelectedRows> {
  const rows: (string | null)[][] = [];
  let columns: readonly string[] = [];
  let isCut = false;
  const wanted = { text, rowMode: 'array', queryMode: 'extended' } as const;
  const query = new pg.Query<(string | null)[]>(wanted);
  return new Promise((resolve, reject) => {
    const named = (result: pg.ResultBuilder | undefined) => {
      columns = result?.fields.map(({ name }) => name) ?? columns;
    };
    query.on('row', (row, result) => {
      named(result);
      if (rows.length < most) rows.push(row);
      else if (!isCut) {
        isCut = true;
        stop();
      }
    });
    query.on('end', (result) => {
      named(result);
      resolve({ columns, rows, isCut });
    });
    query.on('error', (error) => {
      if (isCut && isServerError(error) && error.code === canceled) resolve({ columns, rows, isCut });
      else reject(error);
    });
    client.query(query);
  });
}

/** PostgreSQL's errors carry a five-character SQLSTATE; everything else is the connection itself. */
export function isServerError(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError;
}

/** Errors of a statement stay as the server states them, because callers know what they mean. */
async function reported(process: HyperProcess, error: unknown): Promise<unknown> {
  if (isServerError(error)) return outOfMemory(error) ?? error;
  return engineLost(error, await Promise.race([process.ended, patience()]));
}

/** The connection of a process that was killed is lost before its parent hears of its end. */
const patience = () => setTimeout(10_000, undefined, { ref: false });

/**
 * A request to cancel may come when its statement has just ended; it must not meet the next one. It has been heard once
 * its connection is closed, and what is left of it then meets a statement that nothing depends on.
 */
async function settle(client: pg.Client, cancelling: Promise<void>): Promise<void> {
  await cancelling;
  await client.query('select 1').catch((error: unknown) => {
    // Of a connection that is lost the next call reports the loss.
    if (isServerError(error) && error.code !== canceled) throw error;
  });
}

/** SQLSTATE of a canceled statement. */
const canceled = '57014';

/** Sends the protocol's cancel request on a separate connection, which the server answers by closing. */
function cancelQuery(process: HyperProcess, client: pg.Client): Promise<void> {
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(80877102, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const socket = createConnection(`${process.socket.host}/.s.PGSQL.${process.socket.port}`);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => socket.destroy());
  // Without reading to its end a socket does not close.
  socket.resume();
  socket.end(request);
  return closed;
}
