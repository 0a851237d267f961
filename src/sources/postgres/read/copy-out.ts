import { Readable, type Duplex } from 'node:stream';
import type pg from 'pg';

/**
 * `COPY … TO STDOUT` as a stream of its bytes, for `client.query(copyOut)`.
 *
 * PostgreSQL sends every row as a separate message, so that all work per message is done millions of times. While the
 * rows flow, this reads the socket in the place of pg's parser: it walks the message headers of each chunk, closes
 * the gaps that they leave by moving the rows within the chunk, and passes it on. The first message that is no part
 * of the copy hands the socket back to pg, which knows errors and the end of a statement (PostgreSQL documentation,
 * "Message Flow", "COPY Operations").
 *
 * Destroying it breaks the connection: PostgreSQL has no other way to make it stop that does not read on to the end.
 */
export class CopyOut extends Readable implements pg.Submittable {
  /** Rows that have come in so far. */
  rowsSoFar = 0;
  /** The number of rows that the server reports to have sent; known once the stream has ended. */
  rowCount: number | undefined;

  readonly #sql: string;
  readonly #cancel: () => void;
  #socket: Duplex | undefined;
  #parsers: Parser[] = [];
  readonly #header = Buffer.alloc(headerLength);
  /** Bytes of `#header` that came at the end of the chunk before. */
  #headerBytes = 0;
  /** Bytes of the present message that are still to come. */
  #remaining = 0;
  /** True if the present message is a row, false if it is one to skip. */
  #inRow = false;

  /** `cancel` is called before the connection is broken: a server that waits or computes would not notice it soon. */
  constructor(sql: string, cancel: () => void = () => undefined) {
    super({ highWaterMark: 512 * 1024 });
    this.#sql = sql;
    this.#cancel = cancel;
  }

  submit(connection: pg.Connection): void {
    this.#socket = connection.stream;
    this.#parsers = this.#socket.listeners('data') as Parser[];
    for (const parser of this.#parsers) this.#socket.off('data', parser);
    this.#socket.on('data', this.#take);
    connection.query(this.#sql);
  }

  override _read(): void {
    this.#socket?.resume();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (this.rowCount === undefined) {
      this.#cancel();
      this.#socket?.destroy();
    }
    this.#release();
    callback(error);
  }

  readonly #take = (chunk: Buffer): void => {
    let at = 0;
    let kept = 0;
    while (at < chunk.length) {
      if (this.#remaining > 0) {
        const length = Math.min(this.#remaining, chunk.length - at);
        if (this.#inRow) {
          if (kept !== at) chunk.copyWithin(kept, at, at + length);
          kept += length;
        }
        at += length;
        this.#remaining -= length;
        continue;
      }
      const begun = this.#headerBytes;
      const header = begun === 0 && at + headerLength <= chunk.length ? chunk : this.#header;
      const from = header === chunk ? at : 0;
      if (header === chunk) at += headerLength;
      else {
        const copied = chunk.copy(this.#header, begun, at);
        at += copied;
        this.#headerBytes += copied;
        if (this.#headerBytes < headerLength) break;
        this.#headerBytes = 0;
      }
      const code = header[from];
      if (code === copyData) this.rowsSoFar++;
      else if (!passedOver.has(code)) {
        this.#keep(chunk.subarray(0, kept));
        this.#handBack(Buffer.concat([header.subarray(from, from + headerLength), chunk.subarray(at)]));
        return;
      }
      this.#inRow = code === copyData;
      this.#remaining = header.readUInt32BE(from + 1) - 4;
    }
    this.#keep(chunk.subarray(0, kept));
  };

  /** Passes rows on, and pauses the server when they are not consumed. */
  #keep(rows: Buffer): void {
    if (rows.length > 0 && !this.push(rows)) this.#socket?.pause();
  }

  /** Lets pg read the socket again: an error, or the end of the copy and of the statement. */
  #handBack(rest: Buffer): void {
    const socket = this.#socket;
    const parsers = this.#parsers;
    this.#release();
    for (const parser of parsers) {
      socket?.on('data', parser);
      parser(rest);
    }
    socket?.resume();
  }

  #release(): void {
    this.#socket?.off('data', this.#take);
    this.#socket = undefined;
    this.#parsers = [];
  }

  // The callbacks by which pg reports on the statement that it runs.

  handleCommandComplete({ text }: { text: string }): void {
    this.rowCount = Number(/^COPY (\d+)$/.exec(text)?.[1] ?? this.rowsSoFar);
  }

  handleReadyForQuery(): void {
    this.push(null);
  }

  handleError(error: Error): void {
    this.destroy(error);
  }
}

type Parser = (chunk: Buffer) => void;

const headerLength = 5;

const copyData = 'd'.charCodeAt(0);
/** The messages that may come between rows: CopyOutResponse, NoticeResponse, ParameterStatus, NotificationResponse. */
const passedOver: ReadonlySet<number | undefined> = new Set(
  ['H', 'N', 'S', 'A'].map((code) => code.charCodeAt(0)),
);
