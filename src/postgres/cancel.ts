import { createConnection, isIP, Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import type pg from 'pg';

interface BackendKey {
  processID: number;
  secretKey: number;
}

const keys = new WeakMap<pg.Client, BackendKey>();

/** Keeps the key that the server, or a pooler in between, hands out for cancelling what this session does. */
export function noteBackendKey(client: pg.Client): void {
  client.connection.on('backendKeyData', (key: BackendKey) => void keys.set(client, key));
}

/** The process that serves this client, as its key says; of a pooler, a number that it has made up. */
export const processInKey = (client: pg.Client): number | undefined => keys.get(client)?.processID;

/**
 * Does something with a session that an interruption ends at once. Closing the connection alone would not: a server that
 * computes or waits for a lock looks at its client every few seconds at best, and before PostgreSQL 14 never.
 */
export async function endedBy<T>(signal: AbortSignal, client: pg.Client, call: () => Promise<T>): Promise<T> {
  const stop = () => endSession(client);
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    return await call();
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Cancels what the session does, and closes it. In this order: a pooler forgets the keys of clients that have left. */
export function endSession(client: pg.Client): void {
  cancelQuery(client, () => client.connection.stream.destroy());
}

/**
 * Sends a CancelRequest on a separate connection, as the protocol requires, encrypted where the session is. The
 * server answers only by closing the connection. Where it cannot be sent, the server notices the closed session
 * later.
 */
export function cancelQuery(client: pg.Client, sent: () => void = () => undefined): void {
  const key = keys.get(client);
  const { stream } = client.connection;
  if (key === undefined || stream.destroyed || !(stream instanceof Socket)) {
    sent();
    return;
  }
  const socket = sameServer(client, stream);
  // An interruption has less than two seconds altogether.
  const timer = setTimeout(() => socket.destroy(), patience);
  socket.on('error', () => socket.destroy());
  socket.once('close', () => {
    clearTimeout(timer);
    sent();
  });
  const request = message(cancelCode, key.processID, key.secretKey);
  socket.once('connect', () => {
    if (stream instanceof TLSSocket) encrypted(client, socket, (secure) => secure.write(request));
    else socket.write(request);
  });
  // Only what the server closes ends the connection.
  socket.resume();
}

/** Milliseconds. */
const patience = 1000;

/**
 * Checks for the server of the session: a name may resolve to several servers, so this must be the address that the
 * session has reached.
 */
function sameServer({ host, port }: pg.Client, { remoteAddress, remotePort }: Socket): Socket {
  if (host.startsWith('/')) return createConnection(`${host}/.s.PGSQL.${port}`);
  return createConnection({ host: remoteAddress ?? host, port: remotePort ?? port });
}

function encrypted({ host, ssl }: pg.Client, socket: Socket, ready: (secure: TLSSocket) => void): void {
  socket.write(message(tlsCode));
  socket.once('data', (answer) => {
    if (answer.toString('latin1') !== 'S') {
      socket.destroy();
      return;
    }
    const options = typeof ssl === 'object' ? (ssl as object) : {};
    const secure = connectTls({ socket, host, ...(isIP(host) === 0 && { servername: host }), ...options });
    secure.on('error', () => socket.destroy());
    secure.once('secureConnect', () => ready(secure));
    secure.resume();
  });
}

/** "Message Formats" of the documentation of PostgreSQL: CancelRequest and SSLRequest. */
const cancelCode = 80877102;
const tlsCode = 80877103;

/** The length of the whole, and numbers of 32 bits. */
function message(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * numbers.length);
  bytes.writeInt32BE(bytes.length);
  for (const [index, value] of numbers.entries()) bytes.writeInt32BE(value, 4 + 4 * index);
  return bytes;
}
