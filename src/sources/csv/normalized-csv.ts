import { CsvNormalizer, type NormalizeOptions } from './normalizer.ts';

/** Bytes that are handed on at once, at least. */
const CHUNK_BYTES = 256 * 1024;

/** Bytes that are normalized before it is seen whether a chunk is full. */
const SLICE_BYTES = 64 * 1024;

/**
 * A UTF-8 text as `CsvNormalizer` writes it. Its chunks use the same memory: each is good until the next one is asked
 * for. Streams would make new memory for each, and the garbage collector would go through the whole heap for it.
 */
export class NormalizedCsv implements AsyncIterable<Buffer> {
  readonly #text: AsyncIterable<Buffer>;
  readonly #normalizer: CsvNormalizer;
  #memory = Buffer.alloc(0);
  #filled = 0;

  constructor(text: AsyncIterable<Buffer>, options: NormalizeOptions) {
    this.#text = text;
    this.#normalizer = new CsvNormalizer(options, (block) => this.#gather(block));
  }

  /** Data records so far. */
  get records(): number {
    return this.#normalizer.records;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void> {
    for await (const chunk of this.#text) {
      for (let from = 0; from < chunk.length; from += SLICE_BYTES) {
        this.#normalizer.push(chunk.subarray(from, from + SLICE_BYTES));
        if (this.#filled >= CHUNK_BYTES) yield this.#take();
      }
    }
    this.#normalizer.end();
    if (this.#filled > 0) yield this.#take();
  }

  #gather(block: Buffer): void {
    const filled = this.#filled + block.length;
    if (filled > this.#memory.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#memory.length, filled));
      this.#memory.copy(larger, 0, 0, this.#filled);
      this.#memory = larger;
    }
    block.copy(this.#memory, this.#filled);
    this.#filled = filled;
  }

  #take(): Buffer {
    const chunk = this.#memory.subarray(0, this.#filled);
    this.#filled = 0;
    return chunk;
  }
}
