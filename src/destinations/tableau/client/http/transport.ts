import http from 'node:http';
import { connect } from './connect.ts';
import { Lost, lost, refusedByProxy } from './lost.ts';
import { proxyFor, type Variables } from '../../../../model/base/proxy.ts';

export interface Exchange {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** Sent one after the other, without being copied together. */
  body: readonly Uint8Array[];
  /** Is waited for before the last byte is handed over; where it fails, the server has only a part. */
  beforeLast?: (() => Promise<void>) | undefined;
  /** Hears of body bytes as the connection takes them. */
  onSent?: ((bytes: number) => void) | undefined;
  /**
   * Aborts the request. It has no effect once the last byte is handed over: the answer to a request that the server
   * may carry out must be read to its end.
   */
  signal: AbortSignal;
  /** True if the effect on the server does not matter: the request may be aborted at any time. */
  mayBeAbandoned: boolean;
}

export interface Reply {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
}

/** One request, one answer. Fails with `Lost` when none came; never follows a redirect. */
export type Transport = (exchange: Exchange) => Promise<Reply>;

export interface TransportSettings {
  ca: string | undefined;
  variables: Variables;
  /** Milliseconds without a byte in either direction. */
  timeout: number;
}

/** Small enough that a cut shows soon, large enough that the connection stays full. */
const pieceSize = 256 * 1024;
/** No answer of this API is larger. */
const largestAnswer = 64 * 1024 * 1024;

/**
 * Sends a request on a connection used for nothing else: on one that is kept, the server may hang up just when the
 * next request is sent, and its arrival would be unknown. The body is a list of buffers, so memory is bounded by what
 * the caller holds.
 */
// eslint-disable-next-line max-lines-per-function -- the events of one exchange share its state
export function openTransport({ ca, variables, timeout }: TransportSettings): Transport {
  // eslint-disable-next-line max-lines-per-function -- the events of one exchange share its state
  return async (exchange) => {
    const { method, url, headers, body, beforeLast, onSent, signal } = exchange;
    signal.throwIfAborted();
    const stop = new AbortController();
    const state: { reach: Lost['reach']; heldBack?: unknown } = { reach: 'none' };
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
      const line = await connect(url, { proxy: proxyFor(url, variables), ca, signal: stop.signal });
      state.reach = 'part';
      const length = body.reduce((sum, { length: size }) => sum + size, 0);
      const request = http.request({
        createConnection: () => line.socket,
        method,
        path: line.throughProxy === undefined ? url.pathname + url.search : url.href,
        headers: {
          host: url.host,
          ...headers,
          'content-length': String(length),
          ...(line.throughProxy?.authorization && { 'proxy-authorization': line.throughProxy.authorization }),
        },
      });
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
      const reply = await answered.reply;
      // This status is a proxy's own: it has sent nothing on.
      if (reply.status === 407 && line.throughProxy !== undefined)
        throw refusedByProxy(reply.status, line.throughProxy.authorization !== undefined);
      return reply;
    } catch (error) {
      if ('heldBack' in state) throw state.heldBack;
      if (mayGiveUp()) signal.throwIfAborted();
      if (stop.signal.aborted && stop.signal.reason instanceof Lost) throw stop.signal.reason;
      throw error instanceof Lost ? error : lost(state.reach, error);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  };
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
          request.destroy();
        });
      });
    }),
  };
  // It may be settled before anyone waits for it.
  state.reply.catch(() => undefined);
  return state;
}
