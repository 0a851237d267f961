import { once } from 'node:events';
import http from 'node:http';
import type net from 'node:net';
import { portOf } from '../../../../network/tunnel.ts';
import { connect, throughProxy } from './connect.ts';
import type { Exchange, Reply, Transport } from './exchange.ts';
import type { KeptConnections, KeptRequest } from './kept-connections.ts';
import { Lost, lost, refusedByProxy } from './lost.ts';
import { proxyFor, type Variables } from '../../../../model/base/proxy.ts';

export interface TransportSettings {
  ca: string | undefined;
  variables: Variables;
  /** For these authorities and variables alone. */
  kept: KeptConnections;
  /** Milliseconds without a byte in either direction. */
  timeout: number;
}

/** Small enough that a cut shows soon, large enough that the connection stays full. */
const pieceSize = 256 * 1024;
/** No answer of this API is larger. */
const largestAnswer = 64 * 1024 * 1024;

/**
 * Sends requests. Those that may be repeated share connections that are kept. All others have a connection of their
 * own: on one that is kept, the server may hang up just when the next request is sent, and its arrival would be unknown.
 * The body is a list of buffers, so memory is bounded by what the caller holds.
 */
export function openTransport(settings: TransportSettings): Transport {
  return async (exchange) => {
    if (exchange.mayBeRepeated !== true) return exchangeOn(undefined, exchange, settings);
    try {
      return await exchangeOn(settings.kept, exchange, settings);
    } catch (error) {
      if (!(error instanceof HungUp)) throw error;
      return exchangeOn(undefined, exchange, settings);
    }
  };
}

/** The server had closed a kept connection before it got the request, or instead of answering it. */
class HungUp extends Error {}

// eslint-disable-next-line max-lines-per-function -- the events of one exchange share its state
async function exchangeOn(
  kept: KeptConnections | undefined,
  exchange: Exchange,
  { ca, variables, timeout }: TransportSettings,
): Promise<Reply> {
  const { method, url, headers, body, beforeLast, onSent, signal } = exchange;
  signal.throwIfAborted();
  const stop = new AbortController();
  const state: { reach: Lost['reach']; heldBack?: unknown; isOnUsed: boolean } = {
    reach: 'none',
    isOnUsed: false,
  };
  const mayGiveUp = () => exchange.mayBeAbandoned || state.reach !== 'whole';
  const giveUp = () => {
    if (mayGiveUp()) stop.abort(signal.reason);
  };
  signal.addEventListener('abort', giveUp, { once: true });
  const silent = () => {
    stop.abort(new Lost(state.reach, `it did not answer for ${Math.round(timeout / 1000)} s`));
  };
  const timer = setTimeout(silent, timeout);
  try {
    const proxy = proxyFor(url, variables);
    const viaProxy = throughProxy(url, proxy);
    const length = body.reduce((sum, { length: size }) => sum + size, 0);
    const open = () => connect(url, { proxy, ca, signal: stop.signal });
    const request = await connected(kept, open, {
      method,
      host: url.hostname,
      port: portOf(url),
      path: viaProxy === undefined ? url.pathname + url.search : url.href,
      headers: {
        host: url.host,
        ...headers,
        'content-length': String(length),
        ...(viaProxy?.authorization && { 'proxy-authorization': viaProxy.authorization }),
      },
    });
    state.reach = 'part';
    state.isOnUsed = request.reusedSocket;
    stop.signal.addEventListener('abort', () => request.destroy(asError(stop.signal.reason)), {
      once: true,
    });
    const answered = readAnswer(request, () => timer.refresh());
    const sent = sendBody(request, body, {
      onSent: (bytes) => {
        timer.refresh();
        onSent?.(bytes);
      },
      async beforeLast() {
        await beforeLast?.().catch((error: unknown) => {
          state.heldBack = error;
          request.destroy();
          throw error;
        });
        signal.throwIfAborted();
      },
      onLast: () => (state.reach = 'whole'),
      isAnswered: () => answered.begun,
    });
    sent.catch(() => undefined);
    // A server that answers early (a refusal) need not read the rest.
    await Promise.race([sent, answered.reply]);
    const reply = await answered.reply.catch((error: unknown) => {
      throw state.isOnUsed && !answered.begun && !stop.signal.aborted
        ? new HungUp('the kept connection was closed', { cause: error })
        : error;
    });
    // This status is a proxy's own: it has sent nothing on.
    if (reply.status === 407 && viaProxy !== undefined)
      throw refusedByProxy(reply.status, viaProxy.authorization !== undefined);
    return reply;
  } catch (error) {
    if ('heldBack' in state) throw state.heldBack;
    if (mayGiveUp()) signal.throwIfAborted();
    if (error instanceof HungUp) throw error;
    if (stop.signal.aborted && stop.signal.reason instanceof Lost) throw stop.signal.reason;
    throw error instanceof Lost ? error : lost(state.reach, error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}

/** Returns a request that has a connection: a kept one if there is any, otherwise a new one. */
async function connected(
  kept: KeptConnections | undefined,
  open: () => Promise<net.Socket>,
  options: http.RequestOptions,
): Promise<http.ClientRequest> {
  if (kept === undefined) {
    const socket = await open();
    return http.request({ ...options, createConnection: () => socket });
  }
  const settings: KeptRequest = { ...options, agent: kept, open };
  const request = http.request(settings);
  await once(request, 'socket');
  return request;
}

const asError = (reason: unknown) => (reason instanceof Error ? reason : new Error('aborted'));

interface Sending {
  onSent: (bytes: number) => void;
  beforeLast: () => Promise<void>;
  onLast: () => void;
  isAnswered: () => boolean;
}

async function sendBody(
  request: http.ClientRequest,
  body: readonly Uint8Array[],
  { onSent, beforeLast, onLast, isAnswered }: Sending,
): Promise<void> {
  request.flushHeaders();
  for (const part of body) {
    for (let at = 0; at < part.length; at += pieceSize) {
      const piece = part.subarray(at, at + pieceSize);
      const isLast = part === body.at(-1) && at + pieceSize >= part.length;
      if (isAnswered()) return;
      if (isLast) {
        await beforeLast();
        onLast();
      }
      await written(request, piece);
      onSent(piece.length);
    }
  }
  onLast();
  request.end();
}

function written(request: http.ClientRequest, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    request.write(piece, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

function readAnswer(
  request: http.ClientRequest,
  onBytes: () => void,
): { begun: boolean; reply: Promise<Reply> } {
  const state: { begun: boolean; reply: Promise<Reply> } = {
    begun: false,
    reply: new Promise((resolve, reject) => {
      request.on('error', reject);
      request.once('response', (response) => {
        state.begun = true;
        const pieces: Buffer[] = [];
        let size = 0;
        response.on('data', (piece: Buffer) => {
          onBytes();
          size += piece.length;
          if (size > largestAnswer) request.destroy(new Error('its answer is too large'));
          else pieces.push(piece);
        });
        response.once('error', reject);
        response.once('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(pieces).toString('utf8'),
          });
          // A kept connection is free for the next request if the server has read this one to its end.
          if (!request.shouldKeepAlive || !request.writableFinished) request.destroy();
        });
      });
    }),
  };
  // It may be settled before anyone waits for it.
  state.reply.catch(() => undefined);
  return state;
}
