import { Readable } from 'node:stream';

/** A stream that flows in, and the beginning of a row whose end has not come yet. */
interface Input {
  stream: Readable;
  begun: Buffer | undefined;
}

/**
 * Merges several streams of COPY's text format into one, row by row: of each chunk the whole rows are passed on, and the begun
 * one waits for its end. A row ends at a line feed, because one within a value is written `\n`. While a row that is wider than a
 * chunk flows, the other streams wait, so that no more than a chunk of each is ever kept.
 *
 * The first failure of a stream ends all of them.
 */
export class FanIn extends Readable {
  readonly #inputs = new Set<Input>();
  /** The stream whose row is passed on in pieces. */
  #holder: Input | undefined;
  #isFull = false;

  constructor() {
    super({ highWaterMark: 512 * 1024 });
  }

  /** Lets a stream flow in; resolves when it is closed, whichever way. */
  async join(stream: Readable): Promise<void> {
    const input: Input = { stream, begun: undefined };
    this.#inputs.add(input);
    const closed = new Promise<void>((resolve) => stream.once('close', resolve));
    stream.on('data', (chunk: Buffer) => this.#take(input, chunk));
    stream.on('error', (error) => this.destroy(error));
    stream.once('end', () => {
      if (input.begun !== undefined) this.destroy(new Error('a COPY has ended within a row'));
    });
    if (this.destroyed) stream.destroy();
    else if (!this.#mayFlow(input)) stream.pause();
    await closed;
    this.#inputs.delete(input);
  }

  /** Ends the stream: no other one joins. */
  finish(): void {
    if (!this.destroyed) this.push(null);
  }

  override _read(): void {
    this.#isFull = false;
    this.#regulate();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    for (const { stream } of this.#inputs) stream.destroy();
    callback(error);
  }

  #take(input: Input, chunk: Buffer): void {
    const end = chunk.lastIndexOf(lineFeed) + 1;
    if (end === 0) {
      this.#holder = input;
      this.#pass(input, chunk);
      input.begun = noBytes;
    } else {
      this.#pass(input, chunk.subarray(0, end));
      input.begun = end < chunk.length ? chunk.subarray(end) : undefined;
      if (this.#holder === input) this.#holder = undefined;
    }
    this.#regulate();
  }

  #pass({ begun }: Input, rows: Buffer): void {
    if (this.destroyed) return;
    if (begun !== undefined && begun.length > 0) this.push(begun);
    if (!this.push(rows)) this.#isFull = true;
  }

  #regulate(): void {
    for (const input of this.#inputs) {
      const { stream } = input;
      if (this.#mayFlow(input) === !stream.isPaused()) continue;
      if (stream.isPaused()) stream.resume();
      else stream.pause();
    }
  }

  #mayFlow(input: Input): boolean {
    return !this.#isFull && (this.#holder === undefined || this.#holder === input);
  }
}

const lineFeed = 0x0a;
/** A row that is begun, all of whose bytes have been passed on. */
const noBytes = Buffer.alloc(0);
