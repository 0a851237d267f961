import { once } from 'node:events';
import type { Socket } from 'node:net';
import pg from 'pg';
import { listenFor, type Pooler } from './listen.ts';

/**
 * A pooler of sessions as small as it can be: it lets everyone in at once, and lends a connection to the server with the first
 * statement, if it has one left. Others wait, as they do at pgbouncer.
 */
export async function startPooler(target: string, size: number): Promise<Pooler> {
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  let lent = 0;
  const borrow = async () => {
    if (lent >= size) await new Promise<void>((resolve) => waiting.push(resolve));
    lent++;
  };
  const giveBack = () => {
    lent--;
    waiting.shift()?.();
  };
  const serve = async (client: Socket) => {
    client.on('error', () => undefined);
    await once(client, 'data');
    client.write(greeting);
    const [first] = (await once(client, 'data')) as [Buffer];
    client.pause();
    await borrow();
    if (client.destroyed) {
      giveBack();
      return;
    }
    const server = await openServer(target);
    sockets.add(server);
    server.on('error', () => undefined).once('close', giveBack);
    client.once('close', () => server.destroy());
    server.write(first);
    client.pipe(server).pipe(client);
  };
  return listenFor(target, sockets, (client) => {
    sockets.add(client);
    serve(client).catch(() => client.destroy());
  });
}

/** A session that is open, as the socket that it goes over. */
export async function openServer(target: string): Promise<Socket> {
  const client = new pg.Client(target);
  client.on('error', () => undefined);
  await client.connect();
  const socket = client.connection.stream as unknown as Socket;
  socket.removeAllListeners('data');
  return socket;
}

const message = (code: string, body: Buffer) => {
  const head = Buffer.alloc(5, code);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};

/** AuthenticationOk, BackendKeyData of nothing, ReadyForQuery. */
export const greeting = Buffer.concat([
  message('R', Buffer.alloc(4)),
  message('K', Buffer.alloc(8)),
  message('Z', Buffer.from('I')),
]);
