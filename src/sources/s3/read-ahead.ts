import type { FoundObject } from './bucket.ts';
import { fetchRange, type Version } from './fetch-range.ts';
import type { Reader } from './reader.ts';

/**
 * Reads objects one after the other for somebody who takes their bytes in order, and fetches what comes next meanwhile:
 * small objects whole, large ones in ranges, several requests at once, within the limits of the reader.
 */
export class ReadAhead {
  /** Bytes handed out so far. */
  taken = 0;

  readonly #reader: Reader;
  readonly #ranges: Generator<Range, undefined>;
  readonly #stop = new AbortController();
  /** Begun and not yet handed out entirely, in order. */
  readonly #queue: Range[] = [];
  /** Ranges of the object in turn that are still to come. */
  #next: Range | undefined;
  #running = 0;
  /** Bytes that were asked for and not yet handed out. */
  #held = 0;

  constructor(reader: Reader, objects: readonly FoundObject[]) {
    this.#reader = reader;
    this.#ranges = rangesOf(objects, reader.limits.range);
    this.#next = this.#ranges.next().value;
  }

  /** The bytes of an object. Objects have to be taken whole and in order. */
  async *bytesOf(object: FoundObject, signal: AbortSignal): AsyncGenerator<Buffer, void> {
    const interrupt = () => this.close(signal.reason);
    signal.addEventListener('abort', interrupt, { once: true });
    try {
      signal.throwIfAborted();
      for (;;) {
        this.#begin();
        const range = this.#queue[0];
        if (range?.object !== object) return;
        yield* this.#drain(range);
        this.#queue.shift();
      }
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }

  /** Ends all requests at once. */
  close(reason: unknown = new Error('reading has ended')): void {
    this.#stop.abort(reason);
    this.#release(this.#held);
    for (const range of this.#queue) range.wake?.();
  }

  async *#drain(range: Range): AsyncGenerator<Buffer, void> {
    for (;;) {
      const chunk = range.chunks.shift();
      if (chunk !== undefined) {
        this.#release(chunk.length);
        this.taken += chunk.length;
        this.#begin();
        yield chunk;
      } else if (range.failure !== undefined) {
        throw range.failure.error;
      } else if (range.isDone) {
        return;
      } else {
        this.#stop.signal.throwIfAborted();
        await new Promise<void>((resolve) => (range.wake = resolve));
      }
    }
  }

  /** Begins what the limits allow; the range in turn always, so that nobody waits for another reader. */
  #begin(): void {
    const { limits, budget } = this.#reader;
    while (this.#next !== undefined && !this.#stop.signal.aborted) {
      const range = this.#next;
      const length = range.to - range.from;
      const isInTurn = this.#queue.length === 0;
      const isFree = this.#running < limits.requests && this.#held + length <= limits.bytes;
      if (!isFree && !isInTurn) return;
      if (!budget.take(length, isInTurn)) return;
      this.#queue.push(range);
      this.#held += length;
      this.#running++;
      void this.#fetch(range);
      this.#next = this.#ranges.next().value;
    }
  }

  /** After `close` nothing is held any more, whatever is still handed out. */
  #release(bytes: number): void {
    const released = Math.min(bytes, this.#held);
    this.#held -= released;
    this.#reader.budget.giveBack(released);
  }

  async #fetch(range: Range): Promise<void> {
    const push = (chunk: Buffer) => {
      range.chunks.push(chunk);
      range.wake?.();
    };
    try {
      await fetchRange(this.#reader, range.version, range, push, this.#stop.signal);
      range.isDone = true;
    } catch (error) {
      range.failure = { error };
    }
    this.#running--;
    this.#reader.budget.endRequest();
    this.#begin();
    range.wake?.();
  }
}

interface Range {
  object: FoundObject;
  version: Version;
  from: number;
  to: number;
  chunks: Buffer[];
  isDone: boolean;
  failure?: { error: unknown };
  /** Whoever waits for the next chunk. */
  wake?: () => void;
}

function* rangesOf(objects: readonly FoundObject[], longest: number): Generator<Range, undefined> {
  for (const object of objects) {
    const { key, etag, size } = object;
    const version = { key, etag, size };
    for (let from = 0; from < size; from += longest) {
      yield { object, version, from, to: Math.min(size, from + longest), chunks: [], isDone: false };
    }
  }
  return undefined;
}
