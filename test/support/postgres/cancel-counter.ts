import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Pooler } from './pooler.ts';

/** The code of a CancelRequest, which comes on a connection of its own. */
const cancelCode = 80_877_102;

/** A way to the server that counts the requests to cancel a query. */
export async function startCancelCounter(target: string): Promise<Pooler & { cancels(): number }> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let cancels = 0;
  const listener = createServer((client) => {
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
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const url = new URL(target);
  url.port = String((listener.address() as AddressInfo).port);
  return {
    url: url.href,
    cancels: () => cancels,
    async close() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}
