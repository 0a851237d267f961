import { Readable, type Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import type { Bytes } from '../model/ports/feed.ts';
import { CopyBlocks } from './copy-blocks.ts';

export interface CopyIn {
  sql: string;
  bytes: Bytes;
  progress: (bytes: number) => void;
}

/**
 * Streams bytes into a `COPY … FROM STDIN` and resolves to the rows that the server took. It takes all or nothing: if
 * the bytes stop early, the server is sent a CopyFail, and the connection stays usable (PostgreSQL documentation,
 * "Message Flow", "COPY Operations").
 *
 * @throws SourceFailure with the error of the bytes, an interruption included; otherwise the error of the server or
 * the connection.
 */
export async function copyIn(
  client: pg.Client,
  { sql, bytes, progress }: CopyIn,
  signal: AbortSignal,
): Promise<number> {
  const copy = new CopyStatement(sql);
  const interrupt = () => void bytes.destroy(signal.reason as Error);
  // An error before the first read is raised again for the reader.
  if (bytes instanceof Readable) bytes.on('error', () => undefined);
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    signal.throwIfAborted();
    client.query(copy);
    const blocks = new CopyBlocks(await copy.started, progress);
    // A refusal must not wait for bytes that may be long in coming.
    copy.ended.catch((error: unknown) => bytes.destroy(error as Error));
    await takeAll(bytes, blocks, copy);
    blocks.end();
    return await copy.ended;
  } catch (error) {
    if (copy.failure !== undefined) throw copy.failure.error;
    await copy.fail();
    throw new SourceFailure(error);
  } finally {
    signal.removeEventListener('abort', interrupt);
    bytes.destroy();
  }
}

/** The bytes stopped coming: the error is the source's, not the engine's. */
export class SourceFailure extends Error {
  constructor(cause: unknown) {
    super('the source failed', { cause });
  }
}

async function takeAll(bytes: Bytes, blocks: CopyBlocks, copy: CopyStatement): Promise<void> {
  if (!(bytes instanceof Readable)) {
    for await (const chunk of bytes) {
      if (copy.failure !== undefined) throw copy.failure.error;
      await blocks.take(chunk);
    }
    return;
  }
  // Iterating would copy together first what has come meanwhile.
  let full: Promise<void> | undefined;
  bytes.on('data', (chunk: Buffer) => {
    full = blocks.take(chunk);
    if (full === undefined) return;
    bytes.pause();
    void full.then(() => bytes.resume());
  });
  await finished(bytes, { writable: false });
  // The last chunk may have ended the stream before there was room for all of it.
  await full;
}

/** The statement as pg sees it. */
class CopyStatement implements pg.Submittable {
  /** The server wants bytes, on this socket. */
  readonly started: Promise<Duplex>;
  /** The rows that it took. */
  readonly ended: Promise<number>;
  failure: { error: unknown } | undefined;

  readonly #sql: string;
  #connection: (pg.Connection & CopyFailing) | undefined;
  #rows = 0;
  #start!: (socket: Duplex) => void;
  #end!: (rows: number) => void;
  #reject!: (error: unknown) => void;

  constructor(sql: string) {
    this.#sql = sql;
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#reject = reject;
    });
    this.started = new Promise((resolve, reject) => {
      this.#start = resolve;
      this.ended.catch(reject);
    });
  }

  submit(connection: pg.Connection): void {
    this.#connection = connection as pg.Connection & CopyFailing;
    connection.query(this.#sql);
  }

  /** Resolves when the server knows that nothing more comes, and has forgotten what did. */
  async fail(): Promise<void> {
    if (this.#connection === undefined) return;
    this.#connection.sendCopyFail('the source failed');
    await this.ended.catch(() => undefined);
  }

  handleCopyInResponse({ stream }: pg.Connection): void {
    this.#start(stream);
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#rows = Number(/^COPY (\d+)$/.exec(text)?.[1]);
  }

  handleReadyForQuery(): void {
    this.#end(this.#rows);
  }

  handleError(error: unknown): void {
    this.failure = { error };
    this.#reject(error);
  }
}

/** Part of pg's connection, though not of its types. */
interface CopyFailing {
  sendCopyFail(message: string): void;
}
