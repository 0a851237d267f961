import { Agent, type AgentOptions, type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectSecurely, type TLSSocket } from 'node:tls';
import { openTunnel, ProxyRefused, serverName, tunnelTarget } from '../network/tunnel.ts';
import { secureContext } from './secure-context.ts';

/** Returns the proxy that requests to a URL must take, or undefined if they take none. */
export type ProxyFor = (url: URL) => URL | undefined;

/** The proxy did not make a way to the service. It is named without its user and password. */
export class ProxyFailed extends Error {
  override readonly name = 'ProxyFailed';
  /** The code of an error of a connection that may work later. */
  readonly code: string | undefined;

  constructor(proxy: URL, why: string, code?: string) {
    super(`the proxy ${proxy.host} ${why}`);
    this.code = code;
  }
}

/** Milliseconds within which a proxy must answer. */
const patience = 10_000;

/** Opens a connection to a host through a proxy. Throws ProxyFailed. */
export async function tunnelThrough(proxy: URL, host: string, port: number): Promise<Socket> {
  const signal = AbortSignal.timeout(patience);
  try {
    return await openTunnel({ proxy, host, port, signal });
  } catch (error) {
    if (error instanceof ProxyRefused) throw refusal(proxy, tunnelTarget(host, port), error);
    if (signal.aborted) throw new ProxyFailed(proxy, 'does not answer', 'ETIMEDOUT');
    const { code } = error as NodeJS.ErrnoException;
    throw new ProxyFailed(proxy, `cannot be reached: ${code}`, code);
  }
}

function refusal(proxy: URL, target: string, { status }: ProxyRefused): ProxyFailed {
  if (status === 407) return new ProxyFailed(proxy, 'wants a user and a password (407)');
  const code = status >= 500 ? 'ECONNREFUSED' : undefined;
  return new ProxyFailed(proxy, `refused the way to ${target} with ${status}`, code);
}

/** Connections of `node:https` that take the way through a proxy where there is one. */
export class TunnelAgent extends Agent {
  readonly #proxyFor: ProxyFor;

  constructor(proxyFor: ProxyFor, options: AgentOptions) {
    super(options);
    this.#proxyFor = proxyFor;
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const host = options.host ?? 'localhost';
    const port = Number(options.port ?? 443);
    const proxy = this.#proxyFor(new URL(`https://${tunnelTarget(host, port)}`));
    if (proxy === undefined) return super.createConnection(options, callback);
    tunnelThrough(proxy, host, port)
      .then((socket) => callback?.(null, secureThrough(socket, host)))
      // With an error there is no stream.
      .catch((error: unknown) => callback?.(error as Error, undefined as never));
    return undefined;
  }
}

/** Returns a TLS connection to a host through a socket that leads to it. */
export function secureThrough(socket: Socket, host: string, session?: Buffer): TLSSocket {
  return connectSecurely({
    socket,
    host,
    secureContext: secureContext(),
    ...serverName(host),
    ...(session !== undefined && { session }),
  });
}
