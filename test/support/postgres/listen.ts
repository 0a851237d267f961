import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface Pooler {
  /** The address of the database through the pooler. */
  url: string;
  close(): Promise<void>;
}

/** Serves clients on loopback, on a way to the server. `close` ends these sockets, to which `serve` adds its own. */
export async function listenFor(
  target: string,
  sockets: ReadonlySet<Socket>,
  serve: (client: Socket) => void,
): Promise<Pooler> {
  const listener = createServer(serve).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const url = new URL(target);
  url.port = String((listener.address() as AddressInfo).port);
  return {
    url: url.href,
    async close() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}
