import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { Lost, lost, refusedByProxy } from './lost.ts';

export interface Line {
  socket: net.Socket;
  /**
   * The proxy authorization. A plain request through a proxy names the whole URL instead of the path, and may need
   * this header.
   */
  throughProxy?: { authorization?: string };
}

export interface ConnectSettings {
  proxy: URL | undefined;
  /** Authorities to trust beside those of Node. */
  ca: string | undefined;
  signal: AbortSignal;
}

/**
 * A connection that is ready for a request: name looked up, TLS verified. An error up to here has surely not reached
 * the server. Node's fetch knows neither the proxy variables nor an extra authority, hence this.
 */
export async function connect(url: URL, settings: ConnectSettings): Promise<Line> {
  const isTls = url.protocol === 'https:';
  try {
    if (settings.proxy === undefined) {
      const socket = isTls ? await secure(url, settings) : await plain(url, settings.signal);
      return { socket };
    }
    const authorization = basic(settings.proxy);
    if (isTls) return { socket: await secure(url, settings, await tunnel(url, settings.proxy, settings)) };
    const socket = await plain(settings.proxy, settings.signal).catch((error: unknown) => {
      throw proxyFailed(error);
    });
    return { socket, throughProxy: authorization === undefined ? {} : { authorization } };
  } catch (error) {
    settings.signal.throwIfAborted();
    throw lost('none', error);
  }
}

async function plain(url: URL, signal: AbortSignal): Promise<net.Socket> {
  const socket =
    url.protocol === 'https:'
      ? tls.connect({ host: hostOf(url), port: portOf(url), servername: hostOf(url) })
      : net.connect({ host: hostOf(url), port: portOf(url) });
  return ready(socket, url.protocol === 'https:' ? 'secureConnect' : 'connect', signal);
}

function secure(url: URL, { ca, signal }: ConnectSettings, socket?: net.Socket): Promise<net.Socket> {
  const host = hostOf(url);
  const secured = tls.connect({
    ...(socket === undefined ? { host, port: portOf(url) } : { socket }),
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca: [...tls.rootCertificates, ca] }),
    host,
    ALPNProtocols: ['http/1.1'],
  });
  return ready(secured, 'secureConnect', signal);
}

function ready<Socket extends net.Socket>(
  socket: Socket,
  event: string,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const giveUp = () =>
      socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    const settle = (then: () => void) => {
      signal.removeEventListener('abort', giveUp);
      then();
    };
    socket.once(event, () => {
      settle(() => {
        socket.off('error', reject);
        socket.setNoDelay(true);
        resolve(socket);
      });
    });
    socket.once('error', (error) => {
      settle(() => {
        reject(error);
      });
    });
  });
}

/** Asks the proxy for a way to the server (RFC 9110, CONNECT). */
function tunnel(url: URL, proxy: URL, { signal }: ConnectSettings): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const target = `${url.hostname}:${portOf(url)}`;
    const authorization = basic(proxy);
    plain(proxy, signal)
      .then((socket) => {
        const request = http.request({
          createConnection: () => socket,
          method: 'CONNECT',
          path: target,
          headers: { host: target, ...(authorization && { 'proxy-authorization': authorization }) },
          signal,
        });
        request.once('connect', ({ statusCode = 0 }, tunnelled) => {
          if (statusCode >= 200 && statusCode < 300) resolve(tunnelled);
          else {
            tunnelled.destroy();
            reject(refusedByProxy(statusCode, authorization !== undefined));
          }
        });
        request.once('error', (error) => {
          reject(proxyFailed(error));
        });
        request.end();
      })
      .catch((error: unknown) => {
        reject(proxyFailed(error));
      });
  });
}

/** The proxy's URL may hold a password: it is not named. */
function proxyFailed(error: unknown): Lost {
  const { reason, lasting } = lost('none', error);
  return new Lost('none', `the proxy in the environment did not work: ${reason}`, { lasting, cause: error });
}

function basic({ username, password }: URL): string | undefined {
  if (username === '') return undefined;
  const plainText = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(plainText).toString('base64')}`;
}

const hostOf = ({ hostname }: URL) => hostname.replace(/^\[(.*)\]$/, '$1');

function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
