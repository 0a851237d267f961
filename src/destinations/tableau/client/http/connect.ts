import net from 'node:net';
import tls from 'node:tls';
import {
  connectToProxy,
  openTunnel,
  portOf,
  proxyAuthorization,
  ProxyRefused,
  serverName,
  withoutBrackets,
} from '../../../../network/tunnel.ts';
import { Lost, lost, refusedByProxy } from './lost.ts';

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
export async function connect(url: URL, settings: ConnectSettings): Promise<net.Socket> {
  const { proxy, signal } = settings;
  const isTls = url.protocol === 'https:';
  try {
    if (proxy === undefined) return await (isTls ? secure(url, settings) : plain(url, signal));
    if (isTls) return await secure(url, settings, await tunnel(url, proxy, signal));
    return await ready(connectToProxy(proxy), connectedEvent(proxy), signal).catch((error: unknown) => {
      throw proxyFailed(error);
    });
  } catch (error) {
    signal.throwIfAborted();
    throw lost('none', error);
  }
}

const connectedEvent = ({ protocol }: URL) => (protocol === 'https:' ? 'secureConnect' : 'connect');

const plain = (url: URL, signal: AbortSignal) =>
  ready(net.connect({ host: withoutBrackets(url.hostname), port: portOf(url) }), 'connect', signal);

/**
 * Returns the authorization for the proxy that a plain request goes through: such a request names the whole URL instead
 * of the path, and may need this header. Undefined where the server itself gets the request.
 */
export function throughProxy(url: URL, proxy: URL | undefined): { authorization?: string } | undefined {
  if (proxy === undefined || url.protocol === 'https:') return undefined;
  const authorization = proxyAuthorization(proxy);
  return authorization === undefined ? {} : { authorization };
}

function secure(url: URL, { ca, signal }: ConnectSettings, socket?: net.Socket): Promise<net.Socket> {
  const host = withoutBrackets(url.hostname);
  const secured = tls.connect({
    ...(socket === undefined ? { host, port: portOf(url) } : { socket }),
    ...serverName(host),
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

/** Opens a connection to the server through the proxy. */
async function tunnel(url: URL, proxy: URL, signal: AbortSignal): Promise<net.Socket> {
  try {
    return await openTunnel({ proxy, host: withoutBrackets(url.hostname), port: portOf(url), signal });
  } catch (error) {
    if (error instanceof ProxyRefused) throw refusedByProxy(error.status, proxy.username !== '');
    throw proxyFailed(error);
  }
}

/** The proxy's URL may hold a password: it is not named. */
function proxyFailed(error: unknown): Lost {
  const { reason, lasting } = lost('none', error);
  return new Lost('none', `the proxy in the environment did not work: ${reason}`, { lasting, cause: error });
}
