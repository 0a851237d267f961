import { BOM_BYTES, bomLength } from './bom.ts';
import type { CsvDialect } from './dialect.ts';
import { CsvSeparatorError } from './errors.ts';
import type { RecordScanner } from './scan.ts';

/** Excel's `sep=;`, possibly in quotes: the delimiter of the file, in a separate line before all others. */
const SEPARATOR = /^"?sep=([^"\r\n])"?$/i;

/** No longer line is Excel's: in UTF-8 a character has up to four bytes. */
const LONGEST_SEPARATOR = '"sep="'.length + 4;

/**
 * Finds where records begin: behind the byte order mark, the lines that the dialect skips, the `sep=` line and comments.
 * One of them is used for one text, from its beginning.
 */
export class RecordStarts {
  /** Lines passed over so far. */
  lines = 0;
  /** The last call of `next` has found the beginning of a record. */
  isFound = false;
  /** True once nothing more is to be skipped: `next` need not be called. */
  isDone = false;
  /** The file begins with a `sep=` line. */
  hasSeparator = false;

  readonly #dialect: CsvDialect;
  readonly #scanner: RecordScanner;
  readonly #comment: number | undefined;
  #skip: number;
  #state: 'mark' | 'skip' | 'separator' | 'records' = 'mark';

  /** The scanner is the one that scans the records: how lines end is learnt from the first of them. */
  constructor(dialect: CsvDialect, scanner: RecordScanner) {
    this.#dialect = dialect;
    this.#scanner = scanner;
    this.#skip = dialect.skipLines;
    this.#comment = dialect.comment?.charCodeAt(0);
  }

  /**
   * Returns where the next record begins in `bytes[from, to)`, or how far there is none (`isFound` is false then):
   * more bytes are needed, or the text ends there.
   */
  next(bytes: Uint8Array, from: number, to: number, atEnd: boolean): number {
    this.isFound = false;
    let at = from;
    for (;;) {
      const isBehind = this.#state === 'records';
      const next = this.#pass(bytes, at, to, atEnd);
      if (next < 0) return at;
      if (next === at && isBehind) {
        this.isFound = at < to;
        this.isDone = this.#comment === undefined;
        return at;
      }
      at = next;
    }
  }

  /** One step: returns where it ends, or -1 if more bytes are needed for it. */
  #pass(bytes: Uint8Array, from: number, to: number, atEnd: boolean): number {
    switch (this.#state) {
      case 'mark':
        if (to - from < BOM_BYTES && !atEnd) return -1;
        this.#state = 'skip';
        return from + bomLength(bytes, from, to);
      case 'skip':
        if (this.#skip > 0) return this.#passLine(bytes, from, to, atEnd, () => this.#skip--);
        this.#state = 'separator';
        return from;
      case 'separator':
        return this.#passSeparator(bytes, from, to, atEnd);
      case 'records':
        if (from === to || bytes[from] !== this.#comment) return from;
        return this.#passLine(bytes, from, to, atEnd);
    }
  }

  // eslint-disable-next-line max-params -- no two of them belong together
  #passLine(bytes: Uint8Array, from: number, to: number, atEnd: boolean, passed?: () => void): number {
    if (from === to) return -1;
    const next = this.#scanner.skipLine(bytes, from, to, atEnd);
    if (next < 0) return -1;
    this.lines++;
    passed?.();
    return next;
  }

  #passSeparator(bytes: Uint8Array, from: number, to: number, atEnd: boolean): number {
    const most = Math.min(to, from + LONGEST_SEPARATOR + 1);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, most - from).toString();
    const end = text.search(/[\r\n]/);
    if (end < 0 && most === to && !atEnd) return -1;
    const found = SEPARATOR.exec(end < 0 ? text : text.slice(0, end))?.[1];
    if (found === undefined) {
      this.#state = 'records';
      return from;
    }
    const next = this.#passLine(bytes, from, to, atEnd);
    if (next < 0) return -1;
    if (found !== this.#dialect.delimiter)
      throw new CsvSeparatorError(this.lines, found, this.#dialect.delimiter);
    this.hasSeparator = true;
    this.#state = 'records';
    return next;
  }
}
