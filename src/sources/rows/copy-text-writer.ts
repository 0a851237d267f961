/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops stay inside the bytes that they are given. */
const TAB = 0x09;
const LF = 0x0a;
const BACKSLASH = 0x5c;

/** The size of a block: hyperd has some work for each message, so few large ones are cheaper. */
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
 * Writes rows in the text format of COPY: tabs between fields, `\N` for NULL, one line for each row. The bytes that `take`
 * returns are overwritten by the next rows.
 */
export class CopyTextWriter {
  #out = Buffer.allocUnsafe(BLOCK_BYTES + BLOCK_BYTES / 4);
  #length = 0;

  /** True if there are enough bytes to take. */
  get isFull(): boolean {
    return this.#length >= BLOCK_BYTES;
  }

  /** Writes text without backslashes, tabs and line breaks. */
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

  /** Writes any text, with escapes where COPY needs them. */
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

  /** Returns the bytes written since the last call. They are valid until more is written. */
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
