import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { serverName, withoutBrackets } from '../network/tunnel.ts';
import { ConnectionReset, ConnectTimeout } from './connection-errors.ts';
import { NotHttp, readHead, readSmallBody, requestText, type Head, type Request } from './http-text.ts';
import { CutShort } from './retry.ts';
import { secureContext } from './secure-context.ts';
import { secureThrough } from './tunnel.ts';

/** Milliseconds. */
const connectLimit = 10_000;
const longestHead = 64 * 1024;
const tooLong = `the answer has more than ${longestHead} bytes before its body`;

export type ConnectionPlace = Pick<Request, 'protocol' | 'hostname' | 'port'>;

export interface ConnectionOptions {
  /** The tunnel to the service that a proxy has made. Node.js then hands out its bytes in separate buffers. */
  through?: Socket | undefined;
  /** A TLS session with the same service to continue: without one a connection costs milliseconds of CPU. */
  session?: Buffer | undefined;
  onSession?: (session: Buffer) => void;
}

/**
 * A connection of HTTP/1.1 that puts the bodies of answers where its user wants them.
 *
 * `node:http` makes two new buffers of every 64 KiB that come, the socket's and its parser's, and the garbage
 * collector is busy with them for about as long as the transfer takes. Here the kernel writes into the memory
 * of the caller. One request at a time, without a body, and an answer that says its length: that is all that
 * reading an object needs.
 */
export class Connection {
  readonly #socket: Socket;
  /** Memory for heads and refusals, and for the part of a body that comes with its head. */
  readonly #own = Buffer.allocUnsafeSlow(longestHead);
  #filled = 0;
  /** Memory for the bytes that come in before the destination of the body is set. */
  readonly #meanwhile = Buffer.allocUnsafeSlow(16 * 1024);
  #mode: Mode = { kind: 'idle' };
  #failure: Error | undefined;
  #staysOpen = true;
  /** No further bytes will come. */
  #isOver = false;

  constructor(
    { protocol, hostname, port }: ConnectionPlace,
    { through, session, onSession = () => undefined }: ConnectionOptions = {},
  ) {
    const isSecure = protocol === 'https:';
    const host = withoutBrackets(hostname);
    const options: TcpNetConnectOpts = {
      host,
      port: port ?? (isSecure ? 443 : 80),
      noDelay: true,
      keepAlive: true,
      onread: { buffer: () => this.#room(), callback: (count, memory) => this.#take(count, memory) },
    };
    if (through !== undefined) {
      this.#socket = secureThrough(through, host, session);
      this.#socket.on('data', (chunk: Buffer) => {
        if (!this.#take(chunk.length, chunk)) this.#socket.pause();
      });
    } else if (isSecure) {
      const continued = session === undefined ? {} : { session };
      this.#socket = connectSecurely({
        ...options,
        ...serverName(host),
        ...continued,
        secureContext: secureContext(),
      });
    } else {
      this.#socket = connect(options);
    }
    this.#socket.on('session', onSession);
    const timer = setTimeout(() => this.destroy(new ConnectTimeout(connectLimit)), connectLimit);
    this.#socket.once(isSecure ? 'secureConnect' : 'connect', () => clearTimeout(timer));
    this.#socket.on('error', (error) => (this.#failure ??= error));
    this.#socket.once('end', () => this.#endOfBytes());
    this.#socket.once('close', () => {
      clearTimeout(timer);
      if (!this.#endsWhileHeld()) this.destroy(this.#brokenOff());
    });
  }

  get isFree(): boolean {
    return this.#mode.kind === 'idle' && this.#staysOpen && !this.#socket.destroyed;
  }

  /** Resolves with the head of the answer. If it is a refusal, its body is included and the connection has ended. */
  ask(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#filled = 0;
      this.#mode = { kind: 'head', resolve, reject };
      this.#socket.ref();
      this.#socket.write(requestText(request), 'latin1');
    });
  }

  /** Fills the memory, which is as long as the body; `came` hears of every piece. Afterwards the connection is free. */
  read(into: Buffer, came: (bytes: number) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#mode.kind !== 'held') {
        reject(this.#failure ?? new Error('there is no body to read'));
        return;
      }
      const { from } = this.#mode;
      this.#mode = { kind: 'body', into, at: 0, came, resolve, reject };
      this.#socket.resume();
      this.#takeBody(this.#mode, this.#own.subarray(from, this.#filled));
      if (this.#isOver) this.destroy(this.#brokenOff());
    });
  }

  destroy(reason?: Error): void {
    this.#failure ??= reason ?? new ConnectionReset();
    this.#socket.destroy();
    this.#fail(this.#failure);
  }

  #room(): Uint8Array {
    switch (this.#mode.kind) {
      case 'body':
        return this.#mode.into.subarray(this.#mode.at);
      case 'held':
        return this.#meanwhile;
      default:
        return this.#own.subarray(this.#filled);
    }
  }

  /** Takes bytes that came in; returns true to continue reading. */
  #take(count: number, memory: Uint8Array): boolean {
    try {
      const mode = this.#mode;
      const bytes = Buffer.from(memory.buffer, memory.byteOffset, count);
      if (mode.kind === 'body') this.#takeBody(mode, bytes);
      else if (mode.kind === 'head' || mode.kind === 'refusal') this.#takeText(mode, bytes);
      else this.destroy(new NotHttp('bytes came that were not requested'));
    } catch (error) {
      this.destroy(error as Error);
    }
    return this.#mode.kind !== 'held';
  }

  #takeText(mode: Mode & { kind: 'head' | 'refusal' }, bytes: Buffer): void {
    // The destination of bytes is set beforehand: those after a short body came in elsewhere.
    if (this.#filled + bytes.length > this.#own.length) throw new NotHttp(tooLong);
    if (bytes.buffer !== this.#own.buffer) bytes.copy(this.#own, this.#filled);
    this.#filled += bytes.length;
    if (mode.kind === 'head') {
      const found = readHead(this.#own.subarray(0, this.#filled));
      if (found !== undefined) this.#takeHead(mode, found.head, found.length);
    } else {
      this.#takeRefusal(mode, false);
    }
    if (this.#filled === this.#own.length && this.#mode.kind !== 'held') throw new NotHttp(tooLong);
  }

  #takeHead({ resolve, reject }: Mode & { kind: 'head' }, head: Head, from: number): void {
    this.#staysOpen = !/\bclose\b/i.test(head.headers.connection ?? '');
    if (head.status === 200 || head.status === 206) {
      this.#mode = { kind: 'held', from };
      resolve({ head, refusal: undefined });
    } else {
      this.#mode = { kind: 'refusal', head, from, resolve, reject };
      this.#takeRefusal(this.#mode, false);
    }
  }

  #takeRefusal({ head, from, resolve }: Mode & { kind: 'refusal' }, isEnd: boolean): void {
    const refusal = readSmallBody(head, this.#own.subarray(from, this.#filled), isEnd);
    if (refusal === undefined) return;
    this.#mode = { kind: 'idle' };
    resolve({ head, refusal: Buffer.from(refusal) });
    this.destroy();
  }

  #takeBody(mode: Mode & { kind: 'body' }, bytes: Buffer): void {
    const { into, at, came, resolve } = mode;
    if (at + bytes.length > into.length) throw new NotHttp('the body is longer than it said');
    if (bytes.buffer !== into.buffer) bytes.copy(into, at);
    mode.at += bytes.length;
    came(bytes.length);
    if (mode.at < into.length) return;
    this.#filled = 0;
    this.#mode = { kind: 'idle' };
    if (!this.#staysOpen) this.destroy();
    // An idle connection must not keep the process alive.
    this.#socket.unref();
    resolve();
  }

  /**
   * A small body can be here with its head, and the connection at its end, before anyone has asked for it. Whether all of
   * it is here shows when it is read.
   */
  #endsWhileHeld(): boolean {
    if (this.#mode.kind !== 'held') return false;
    this.#staysOpen = false;
    this.#isOver = true;
    return true;
  }

  #endOfBytes(): void {
    if (this.#endsWhileHeld()) return;
    if (this.#mode.kind === 'refusal') this.#takeRefusal(this.#mode, true);
    this.destroy(this.#brokenOff());
  }

  #brokenOff(): Error {
    const mode = this.#mode;
    return mode.kind === 'body' ? new CutShort(mode.into.length - mode.at) : new ConnectionReset();
  }

  #fail(error: Error): void {
    this.#staysOpen = false;
    const mode = this.#mode;
    this.#mode = { kind: 'idle' };
    if ('reject' in mode) mode.reject(error);
  }
}

export interface Answer {
  head: Head;
  /** The body, if the status is neither 200 nor 206. */
  refusal: Buffer | undefined;
}

type Mode =
  | { kind: 'idle' }
  | { kind: 'head'; resolve: (answer: Answer) => void; reject: (error: Error) => void }
  /** The head has arrived, and the body begins at this place of our own memory. Nothing is read. */
  | { kind: 'held'; from: number }
  | {
      kind: 'refusal';
      head: Head;
      from: number;
      resolve: (answer: Answer) => void;
      reject: (error: Error) => void;
    }
  | {
      kind: 'body';
      into: Buffer;
      at: number;
      came: (bytes: number) => void;
      resolve: () => void;
      reject: (error: Error) => void;
    };
