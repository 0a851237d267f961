import { isUtf8 } from 'node:buffer';
import { CsvUtf8Error } from './errors.ts';
import type { ByteWindow } from './window.ts';

/** Returns where the last incomplete character begins in `bytes[from, to)`; `to` if all are complete. */
export function completeEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let at = to - 1; at >= from && at >= to - 3; at--) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return at + length > to ? at : to;
    }
  }
  return to;
}

/** The first byte in `bytes[from, to)` that starts no valid character; the range holds one. */
export function findBadByte(bytes: Uint8Array, from: number, to: number): number {
  let good = from;
  let bad = to + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (isUtf8(bytes.subarray(from, completeEnd(bytes, from, middle)))) good = middle;
    else bad = middle;
  }
  return completeEnd(bytes, from, good);
}

/** Returns true if the byte at `bad` would begin a character, had the text not ended at `to`. */
export function endsWithin(bytes: Uint8Array, bad: number, to: number): boolean {
  const byte = bytes[bad] ?? 0;
  return byte >= 0xc2 && byte <= 0xf4 && completeEnd(bytes, bad, to) === bad;
}

/** Finds the line of the file that holds a byte. */
export interface LineFinder {
  /** `start` is where the next record begins in `bytes`, `at` is the place of the byte. Lines count from 1. */
  lineAt(bytes: Uint8Array, start: number, at: number): number;
}

/**
 * Watches that the bytes of a text are UTF-8. hyperd would refuse others as well, but without the line; the check costs
 * about a hundredth.
 */
export class Utf8Watch {
  readonly #window: ByteWindow;
  readonly #lines: LineFinder;
  /** The number of bytes that have been verified as UTF-8. */
  #checked = 0;

  /** The window must begin where the next record does. */
  constructor(window: ByteWindow, lines: LineFinder) {
    this.#window = window;
    this.#lines = lines;
  }

  /**
   * Looks at what has come since the last time, out of `bytesIn` bytes in all.
   *
   * @throws CsvUtf8Error
   */
  look(bytesIn: number, atEnd: boolean): void {
    const { bytes, start, end } = this.#window;
    const from = end - (bytesIn - this.#checked);
    const to = atEnd ? end : completeEnd(bytes, from, end);
    if (!isUtf8(bytes.subarray(from, to))) {
      const bad = findBadByte(bytes, from, to);
      const line = this.#lines.lineAt(bytes, start, bad);
      const isCut = atEnd && endsWithin(bytes, bad, end);
      throw new CsvUtf8Error(line, bytesIn - (end - bad), bytes[bad] ?? 0, isCut);
    }
    this.#checked = bytesIn - (end - to);
  }
}
