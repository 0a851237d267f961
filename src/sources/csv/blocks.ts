import type { ByteWindow } from './window.ts';

/** The size of the blocks handed out, and of the memory that `OutputBlocks` uses at the front of the window's. */
export const BLOCK_BYTES = 64 * 1024;

/**
 * Collects output in blocks, mostly by keeping ranges of the window. Neighbouring ranges are joined and copied at
 * once, so an unchanged stretch of the file costs one copy however many fields it has.
 *
 * The block is gathered in the window's own memory because `copyWithin` is the only way to copy a short range that
 * needs no view of it: 20 ns, where `set(subarray())` takes 50 and a byte loop more than 1 per byte.
 */
export class OutputBlocks {
  /** Bytes handed out so far. */
  bytes = 0;

  readonly #window: ByteWindow;
  readonly #handOut: (block: Buffer) => void;
  #memory: Buffer;
  #at = 0;
  #from = 0;
  #to = 0;

  /** A block is good until `handOut` returns. */
  constructor(window: ByteWindow, handOut: (block: Buffer) => void) {
    this.#window = window;
    this.#handOut = handOut;
    this.#memory = window.bytes;
  }

  /** Must be called after the window was appended to, before anything is kept. */
  windowMoved(): void {
    this.#memory = this.#window.bytes;
  }

  /** Keeps `bytes[from, to)` of the window, until `settle`. */
  keep(from: number, to: number): void {
    if (from !== this.#to) {
      this.settle();
      this.#from = from;
    }
    this.#to = to;
  }

  put(byte: number): void {
    this.settle();
    if (this.#at === BLOCK_BYTES) this.flush();
    this.#memory[this.#at++] = byte;
  }

  putAll(bytes: Uint8Array): void {
    this.settle();
    if (bytes.length > BLOCK_BYTES - this.#at) {
      for (const byte of bytes) this.put(byte);
      return;
    }
    this.#memory.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Copies what was kept; afterwards the window may change. */
  settle(): void {
    let from = this.#from;
    const to = this.#to;
    if (from === to) return;
    this.#from = this.#to = 0;
    while (to - from > BLOCK_BYTES - this.#at) {
      const part = from + BLOCK_BYTES - this.#at;
      this.#memory.copyWithin(this.#at, from, part);
      this.#at = BLOCK_BYTES;
      from = part;
      this.flush();
    }
    this.#memory.copyWithin(this.#at, from, to);
    this.#at += to - from;
  }

  /** Hands out the output so far. */
  flush(): void {
    this.settle();
    if (this.#at === 0) return;
    this.bytes += this.#at;
    this.#handOut(this.#memory.subarray(0, this.#at));
    this.#at = 0;
  }
}
