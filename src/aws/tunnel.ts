import { request as httpRequest } from 'node:http';
import { Agent, type AgentOptions, type RequestOptions } from 'node:https';
import { connect as connectPlainly, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectSecurely, type TLSSocket } from 'node:tls';
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

/** Asks a proxy for a connection to a host (RFC 9110, CONNECT). */
export function openTunnel(proxy: URL, host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const target = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
    const socket = connectToProxy(proxy);
    const fail = (why: string, code?: string) => {
      socket.destroy();
      reject(new ProxyFailed(proxy, why, code));
    };
    const refuse = (status: number) => {
      if (status === 407) fail('wants a user and a password (407)');
      else fail(`refused the way to ${target} with ${status}`, status >= 500 ? 'ECONNREFUSED' : undefined);
    };
    const authorization = authorizationOf(proxy);
    const request = httpRequest({
      createConnection: () => socket,
      method: 'CONNECT',
      path: target,
      timeout: 10_000,
      headers: { host: target, ...(authorization !== undefined && { 'proxy-authorization': authorization }) },
    });
    request.once('connect', ({ statusCode = 0 }, tunnelled: Socket) => {
      if (statusCode >= 200 && statusCode < 300) resolve(tunnelled);
      else refuse(statusCode);
    });
    request.once('response', ({ statusCode = 0 }) => refuse(statusCode));
    request.once('timeout', () => fail('does not answer', 'ETIMEDOUT'));
    request.once('error', (error: NodeJS.ErrnoException) =>
      fail(`cannot be reached: ${error.code}`, error.code),
    );
    request.end();
  });
}

function connectToProxy({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (protocol !== 'https:') return connectPlainly({ host, port: port === '' ? 80 : Number(port) });
  const servername = isIP(host) === 0 ? { servername: host } : {};
  return connectSecurely({ host, port: port === '' ? 443 : Number(port), ...servername });
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (username === '') return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
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
    const name = isIP(host) === 6 ? `[${host}]` : host;
    const proxy = this.#proxyFor(new URL(`https://${name}:${port}`));
    if (proxy === undefined) return super.createConnection(options, callback);
    openTunnel(proxy, host, port)
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
    ...(isIP(host) === 0 && { servername: host }),
    ...(session !== undefined && { session }),
  });
}
