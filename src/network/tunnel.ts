import { request as httpRequest } from 'node:http';
import { connect as connectPlainly, isIP, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

/** The proxy answered, but made no way to the host. */
export class ProxyRefused extends Error {
  override readonly name = 'ProxyRefused';
  readonly status: number;

  constructor(status: number) {
    super(`the proxy answered ${status}`);
    this.status = status;
  }
}

export interface TunnelRequest {
  /** Its URL may hold a user and a password. */
  proxy: URL;
  /** A name or an address, without brackets. */
  host: string;
  port: number;
  signal: AbortSignal;
}

/**
 * Asks a proxy for a connection to a host (RFC 9110, CONNECT). Throws ProxyRefused if it answers with another status
 * than success, and otherwise the error of the connection to the proxy.
 */
export function openTunnel({ proxy, host, port, signal }: TunnelRequest): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const target = tunnelTarget(host, port);
    const authorization = proxyAuthorization(proxy);
    const request = httpRequest({
      createConnection: () => connectToProxy(proxy),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...(authorization !== undefined && { 'proxy-authorization': authorization }) },
      signal,
    });
    request.once('connect', ({ statusCode = 0 }, tunnelled: Socket) => {
      if (statusCode >= 200 && statusCode < 300) {
        resolve(tunnelled);
        return;
      }
      tunnelled.destroy();
      reject(new ProxyRefused(statusCode));
    });
    request.once('error', reject);
    request.end();
  });
}

/** Returns the host and the port as a proxy wants them. */
export const tunnelTarget = (host: string, port: number) =>
  `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

/** Starts a connection to a proxy, with TLS if its URL says so. */
export function connectToProxy(proxy: URL): Socket {
  const host = withoutBrackets(proxy.hostname);
  const port = portOf(proxy);
  if (proxy.protocol !== 'https:') return connectPlainly({ host, port });
  return connectSecurely({ host, port, ...serverName(host) });
}

/** Returns the header `Proxy-Authorization` for the user and the password in the URL of a proxy. */
export function proxyAuthorization({ username, password }: URL): string | undefined {
  if (username === '') return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** Returns the option of TLS that names the server; an address must not be one. */
export const serverName = (host: string): { servername?: string } =>
  isIP(host) === 0 ? { servername: host } : {};

/** URLs have IPv6 addresses in brackets, sockets have not. */
export const withoutBrackets = (hostname: string) => hostname.replace(/^\[(.*)\]$/, '$1');

export function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
