import http from 'node:http';
import type net from 'node:net';
import type { Duplex } from 'node:stream';

/** The options of a request, with the way to a new connection for it. */
export interface KeptRequest extends http.RequestOptions {
  open: () => Promise<net.Socket>;
}

/** Shorter than servers and balancers usually keep a connection that is idle. */
const idleMilliseconds = 4000;

/**
 * Connections that are used again. Node's own agent would open them without our authorities and proxies, so each
 * request brings the way. Idle ones do not keep the process.
 */
export class KeptConnections extends http.Agent {
  constructor() {
    super({ keepAlive: true, timeout: idleMilliseconds });
  }

  override createConnection(
    options: http.ClientRequestArgs,
    callback: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    (options as KeptRequest).open().then(
      (socket) => {
        callback(null, socket);
      },
      // On failure the callback gets no socket, which its type does not say.
      (error: unknown) => {
        (callback as (error: unknown) => void)(error);
      },
    );
  }
}
