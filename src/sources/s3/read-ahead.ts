import type { FoundObject } from './bucket.ts';
import { fetchRange } from './fetch-range.ts';
import type { Reader } from './reader.ts';
import type { Version } from './same-version.ts';

/**
 * Reads objects one after the other for a consumer that takes their bytes in order, and fetches the next ones
 * meanwhile: small objects whole, large ones in ranges, several requests at once, within the limits of the reader.
 */
export class ReadAhead {
  /** Bytes handed out so far. */
  taken = 0;
  /** The packing that the service reports for the object whose bytes were handed out last. */
  contentEncoding: string | undefined;

  readonly #reader: Reader;
  readonly #ranges: Generator<Range, undefined>;
  readonly #stop = new AbortController();
  /** Begun and not yet handed out entirely, in order. */
  readonly #queue: Range[] = [];
  /** Ranges of the object in turn that are still to come. */
  #next: Range | undefined;
  #running = 0;
  /** Bytes of memory that the ranges of the queue have. */
  #held = 0;

  constructor(reader: Reader, objects: readonly FoundObject[]) {
    this.#reader = reader;
    this.#ranges = rangesOf(objects, reader.limits.range);
    this.#next = this.#ranges.next().value;
  }

  /**
   * Yields the bytes of an object. Objects must be taken whole and in order, and a chunk is only good until the next
   * one is requested: other bytes come into its memory then.
   */
  async *bytesOf(object: FoundObject, signal: AbortSignal): AsyncGenerator<Buffer, void> {
    const interrupt = () => this.close(signal.reason);
    signal.addEventListener('abort', interrupt, { once: true });
    let given = 0;
    try {
      signal.throwIfAborted();
      for (;;) {
        this.#begin();
        const range = this.#queue[0];
        if (range?.object !== object) break;
        yield* this.#drain(range);
        given += range.filled;
        this.#queue.shift();
        this.#release(range, true);
      }
      this.#requireWhole(object, given);
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }

  /** An object that is not in turn has no ranges here, and would seem to be empty. */
  #requireWhole({ shown, size }: FoundObject, given: number): void {
    this.#stop.signal.throwIfAborted();
    if (given < size) throw new Error(`${shown} is not the object whose turn it is`);
  }

  /** Ends all requests at once. */
  close(reason: unknown = new Error('reading has ended')): void {
    this.#stop.abort(reason);
    for (const range of this.#queue) {
      // What a request still writes into goes when that has ended.
      if (range.isDone || range.failure !== undefined) this.#release(range, false);
      range.wake?.();
    }
  }

  async *#drain(range: Range): AsyncGenerator<Buffer, void> {
    for (;;) {
      this.#stop.signal.throwIfAborted();
      if (range.memory !== undefined && range.drained < range.filled) {
        const chunk = range.memory.subarray(range.drained, range.filled);
        this.contentEncoding = range.version.contentEncoding;
        range.drained = range.filled;
        this.taken += chunk.length;
        yield chunk;
      } else if (range.failure !== undefined) {
        throw range.failure.error;
      } else if (range.isDone) {
        return;
      } else {
        await new Promise<void>((resolve) => (range.wake = resolve));
      }
    }
  }

  /** Begins the requests that the limits allow; the range in turn always, so that no reader waits for another one. */
  #begin(): void {
    const { limits, budget } = this.#reader;
    while (this.#next !== undefined && !this.#stop.signal.aborted) {
      const range = this.#next;
      const length = range.to - range.from;
      const isInTurn = this.#queue.length === 0;
      const isFree = this.#running < limits.requests && this.#held + length <= limits.bytes;
      if (!isFree && !isInTurn) return;
      const memory = budget.take(length, isInTurn);
      if (memory === undefined) return;
      range.memory = memory;
      this.#queue.push(range);
      this.#held += memory.length;
      this.#running++;
      void this.#fetch(range, memory.subarray(0, length));
      this.#next = this.#ranges.next().value;
    }
  }

  #release(range: Range, isUnused: boolean): void {
    const { memory } = range;
    if (memory === undefined) return;
    range.memory = undefined;
    this.#held -= memory.length;
    this.#reader.budget.giveBack(memory, isUnused);
  }

  async #fetch(range: Range, into: Buffer): Promise<void> {
    const came = (bytes: number) => {
      range.filled += bytes;
      range.wake?.();
    };
    try {
      await fetchRange(this.#reader, range.version, { range, into, came }, this.#stop.signal);
      range.isDone = true;
    } catch (error) {
      range.failure = { error };
    }
    this.#running--;
    this.#reader.budget.endRequest();
    if (this.#stop.signal.aborted) this.#release(range, false);
    this.#begin();
    range.wake?.();
  }
}

interface Range {
  object: FoundObject;
  version: Version;
  from: number;
  to: number;
  /** The memory of its bytes, from its begin until all were handed out. */
  memory: Buffer | undefined;
  filled: number;
  drained: number;
  isDone: boolean;
  failure?: { error: unknown };
  /** Wakes the consumer that waits for more. */
  wake?: () => void;
}

function* rangesOf(objects: readonly FoundObject[], longest: number): Generator<Range, undefined> {
  for (const object of objects) {
    const { key, etag, size, modified } = object;
    const version = { key, etag, size, modified };
    for (let from = 0; from < size; from += longest) {
      const to = Math.min(size, from + longest);
      yield { object, version, from, to, memory: undefined, filled: 0, drained: 0, isDone: false };
    }
  }
  return undefined;
}
