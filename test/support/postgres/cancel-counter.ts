import { connect, type Socket } from 'node:net';
import { listenFor, type Pooler } from './listen.ts';

/** The code of a CancelRequest, which comes on a connection of its own. */
const cancelCode = 80_877_102;

/** A way to the server that counts the requests to cancel a query. */
export async function startCancelCounter(target: string): Promise<Pooler & { cancels(): number }> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let cancels = 0;
  const counter = await listenFor(target, sockets, (client) => {
    const server = connect(Number(port), hostname);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => other.destroy());
    }
    client.on('data', (chunk: Buffer) => {
      if (chunk.length === 16 && chunk.readUInt32BE(4) === cancelCode) cancels++;
    });
    client.pipe(server).pipe(client);
  });
  return { ...counter, cancels: () => cancels };
}
