/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops stay inside the bytes that they are given. */
const TAB = 0x09;
const LF = 0x0a;
const BACKSLASH = 0x5c;

/** Bytes that are handed on together: hyperd works per message, and less for large ones. */
const BLOCK_BYTES = 1024 * 1024;

/** Ranges that are shorter are copied byte by byte, which costs less than a call. */
const SHORT = 48;

/** Letters that stand for control characters behind a backslash, by their byte; 0 for others. */
const letters = new Uint8Array(256);
for (const [byte, letter] of [
  [8, 'b'],
  [9, 't'],
  [10, 'n'],
  [11, 'v'],
  [12, 'f'],
  [13, 'r'],
  [BACKSLASH, '\\'],
] as const)
  letters[byte] = letter.charCodeAt(0);

/**
 * Rows in the text format of COPY: tabs between fields, `\N` for NULL, one line for each row. Its memory is used again once
 * `take` has handed out what was written.
 */
export class CopyText {
  #out = Buffer.allocUnsafe(BLOCK_BYTES + BLOCK_BYTES / 4);
  #length = 0;

  /** True if there is enough to be handed on. */
  get isFull(): boolean {
    return this.#length >= BLOCK_BYTES;
  }

  /** Bytes of text without backslashes, tabs and line breaks. */
  plain(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    const out = this.#out;
    let to = this.#length;
    if (end - start > SHORT) {
      out.set(bytes.subarray(start, end), to);
      to += end - start;
    } else {
      for (let at = start; at < end; at++) out[to++] = bytes[at]!;
    }
    this.#length = to;
  }

  /** Bytes of any text. */
  escaped(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(2 * (end - start));
    const out = this.#out;
    let to = this.#length;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      const letter = letters[byte]!;
      if (letter !== 0) out[to++] = BACKSLASH;
      out[to++] = letter === 0 ? byte : letter;
    }
    this.#length = to;
  }

  text(text: string): void {
    const bytes = Buffer.from(text);
    this.escaped(bytes, 0, bytes.length);
  }

  null(): void {
    this.#reserve(2);
    this.#out[this.#length++] = BACKSLASH;
    this.#out[this.#length++] = 0x4e;
  }

  endField(): void {
    this.#put(TAB);
  }

  endRow(): void {
    this.#put(LF);
  }

  /** Returns what was written since the last time. It is good until more is written. */
  take(): Buffer {
    const taken = this.#out.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #put(byte: number): void {
    this.#reserve(1);
    this.#out[this.#length++] = byte;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#out.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#out.length));
    larger.set(this.#out.subarray(0, this.#length));
    this.#out = larger;
  }
}
