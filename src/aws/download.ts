import { Readable } from 'node:stream';
import { withoutBrackets } from '../network/tunnel.ts';
import { Connection, type Answer } from './connection.ts';
import type { Request } from './http-text.ts';
import { tunnelThrough, type ProxyFor } from './tunnel.ts';

/** The answer to a GET, as far as the SDK reads it, and its body, which the SDK never sees. */
export interface Download {
  response: { statusCode: number; headers: Record<string, string>; body: Readable };
  /** True if the answer is neither 200 nor 206: the SDK must say why. */
  isRefused: boolean;
  body: Body;
}

/** The body of an answer. It must be read or destroyed, otherwise its connection stays open. */
export interface Body {
  /** Fills the memory, which must be as long as the announced body; `came` is called for every piece. */
  read(into: Buffer, came: (bytes: number) => void): Promise<void>;
  /** Ends the connection, unless everything was read. */
  destroy(reason?: Error): void;
}

export interface Downloads {
  /** The signal is for the body, too. */
  get(request: Request, signal: AbortSignal): Promise<Download>;
  /** Ends all idle connections. */
  close(): void;
}

/** Connections are kept open and used again, as many as there are requests at once. */
export function createDownloads(proxyFor: ProxyFor = () => undefined): Downloads {
  const free = new Map<string, Connection[]>();
  const sessions = new Map<string, Buffer>();
  let isClosed = false;
  return {
    async get(request, signal) {
      signal.throwIfAborted();
      const port = request.port === undefined ? '' : `:${request.port}`;
      const place = `${request.protocol}//${request.hostname}${port}`;
      const connection = takeFree(free.get(place)) ?? (await open(place, request));
      if (signal.aborted) connection.destroy(signal.reason as Error);
      const interrupt = () => connection.destroy(signal.reason as Error);
      signal.addEventListener('abort', interrupt, { once: true });
      const done = () => {
        signal.removeEventListener('abort', interrupt);
        keep(place, connection);
      };
      try {
        const answer = await connection.ask(request);
        if (answer.refusal !== undefined) done();
        return {
          response: responseOf(answer),
          isRefused: answer.refusal !== undefined,
          body: bodyOf(connection, done),
        };
      } catch (error) {
        done();
        throw error;
      }
    },
    close() {
      isClosed = true;
      for (const connections of free.values()) for (const connection of connections) connection.destroy();
      free.clear();
    },
  };

  async function open(place: string, request: Request): Promise<Connection> {
    const { protocol, hostname, port = 443 } = request;
    const proxy = protocol === 'https:' ? proxyFor(new URL(place)) : undefined;
    const through = proxy && (await tunnelThrough(proxy, withoutBrackets(hostname), port));
    return new Connection(request, {
      through,
      session: sessions.get(place),
      onSession: (session) => void sessions.set(place, session),
    });
  }

  function keep(place: string, connection: Connection): void {
    if (isClosed) connection.destroy();
    else if (connection.isFree) free.set(place, [...(free.get(place) ?? []), connection]);
  }
}

/** The one that was used last: the service is the least likely to have closed it. */
function takeFree(connections: Connection[] | undefined): Connection | undefined {
  for (let last = connections?.pop(); last !== undefined; last = connections?.pop()) {
    if (last.isFree) return last;
  }
  return undefined;
}

function responseOf({ head, refusal }: Answer): Download['response'] {
  return {
    statusCode: head.status,
    headers: head.headers,
    body: Readable.from(refusal === undefined ? [] : [refusal]),
  };
}

function bodyOf(connection: Connection, done: () => void): Body {
  let isRead = false;
  return {
    async read(into, came) {
      try {
        await connection.read(into, came);
        isRead = true;
      } finally {
        done();
      }
    },
    destroy(reason) {
      if (isRead) return;
      connection.destroy(reason);
      done();
    },
  };
}
