/* eslint-disable @typescript-eslint/no-non-null-assertion --
   every index in the loops below is bounded by the sentinel at `to`; a check per byte would be paid per byte. */
import type { CsvDialect } from './dialect.ts';

/** What is known of a field without looking at it again; the bits are combined. */
export const fieldKind = {
  /** Unquoted, and its bytes may go to hyperd as they are. */
  plain: 0,
  /** A quote was seen: the field is text, never NULL by a null string. */
  quoted: 1,
  /** More than its outer quotes means something else to hyperd's dialect: it has to be quoted anew. */
  rewrite: 2,
} as const;

const LF = 0x0a;
const CR = 0x0d;
const COMMA = 0x2c;
const QUOTE = 0x22;

/**
 * Finds where the fields of one record begin and end, in place, at the speed of a byte loop.
 *
 * Grammar: RFC 4180 as hyperd and PostgreSQL read it. A quote in the middle of a field opens a quoted part, too
 * (`a"b,"c` is the one field `ab,c`). An escape that is not the quote is special only inside quotes and only before
 * a quote or itself; before anything else it is data, as in PostgreSQL (hyperd would drop it).
 *
 * Record ends are LF and CRLF. If the file's first unquoted line break is a CR without LF, then a lone CR ends
 * records in this file, otherwise it is data (except as the last byte of the file, where it is an end cut short).
 */
export class RecordScanner {
  /** Of the last scanned record: its fields, even those beyond the capacity. */
  count = 0;
  /** All kinds of its fields, or-ed. */
  kinds = 0;
  /** Where its last field ends and its line break (if any) begins. */
  end = 0;
  /** Line breaks inside its quotes. */
  innerLines = 0;
  /** If the scan ended inside a quote: the record's line breaks before that quote opened. */
  openQuote: number | undefined;

  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly fieldKinds: Uint8Array;

  readonly #delimiter: number;
  readonly #quote: number;
  readonly #escape: number;
  /** Bytes that may mean something outside and inside quotes, and the highest of each. */
  readonly #plainStops = new Uint8Array(256);
  readonly #quotedStops = new Uint8Array(256);
  readonly #highestPlain: number;
  readonly #highestQuoted: number;
  #loneCr: boolean | undefined;
  /** The quoted part last scanned holds bytes that hyperd would not read so. */
  #foreign = false;

  /** Fields beyond `capacity` are counted, their places are not kept. */
  constructor(dialect: CsvDialect, capacity: number) {
    this.starts = new Int32Array(capacity);
    this.ends = new Int32Array(capacity);
    this.fieldKinds = new Uint8Array(capacity);
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#quote = dialect.quote.charCodeAt(0);
    this.#escape = dialect.escape.charCodeAt(0);
    const plain = [this.#delimiter, this.#quote, COMMA, QUOTE, CR, LF];
    const quoted = [this.#quote, this.#escape, QUOTE, CR, LF];
    for (const byte of plain) this.#plainStops[byte] = 1;
    for (const byte of quoted) this.#quotedStops[byte] = 1;
    this.#highestPlain = Math.max(...plain);
    this.#highestQuoted = Math.max(...quoted);
  }

  /**
   * Scans the record at `from`; returns where the next one starts, or -1 if the record does not end before `to`.
   * `atEnd`: nothing comes after `to`, so the record may end there. Sets `bytes[to]`, which must exist, to LF.
   */
  scan(bytes: Uint8Array, from: number, to: number, atEnd: boolean): number {
    bytes[to] = LF;
    const { starts, ends, fieldKinds } = this;
    const capacity = starts.length;
    const delimiter = this.#delimiter;
    const quote = this.#quote;
    const stops = this.#plainStops;
    const highest = this.#highestPlain;
    this.innerLines = 0;
    this.openQuote = undefined;
    let count = 0;
    let kinds = 0;
    let at = from;
    for (;;) {
      const start = at;
      let kind = 0;
      let next = 0;
      let byte = bytes[at]!;
      for (;;) {
        while (byte > highest || stops[byte] === 0) byte = bytes[++at]!;
        if (byte === delimiter) break;
        if (byte === LF) {
          if (at === to && !atEnd) return -1;
          if (at < to) this.#loneCr ??= false;
          next = at < to ? at + 1 : to;
          break;
        }
        if (byte === quote) {
          kind |= at === start ? fieldKind.quoted : fieldKind.quoted | fieldKind.rewrite;
          at = this.#closingQuote(bytes, at, to) + 1;
          if (at === 0) return -1;
          byte = bytes[at]!;
          if (this.#foreign || (byte !== delimiter && byte !== LF && byte !== CR)) kind |= fieldKind.rewrite;
          continue;
        }
        if (byte === CR) {
          next = this.#afterCr(bytes, at, to, atEnd);
          if (next < 0) return -1;
          if (next > 0) break;
        }
        kind |= fieldKind.rewrite;
        byte = bytes[++at]!;
      }
      if (count < capacity) {
        starts[count] = start;
        ends[count] = at;
        fieldKinds[count] = kind;
      }
      count++;
      kinds |= kind;
      if (next > 0) {
        this.count = count;
        this.kinds = kinds;
        this.end = at;
        return next;
      }
      at++;
    }
  }

  /** Returns where the line after that at `from` starts, whatever is in it; -1 if it does not end before `to`. */
  skipLine(bytes: Uint8Array, from: number, to: number, atEnd: boolean): number {
    for (let at = from; at < to; at++) {
      if (bytes[at] === LF) {
        this.#loneCr ??= false;
        return at + 1;
      }
      const next = bytes[at] === CR ? this.#afterCr(bytes, at, to, atEnd) : 0;
      if (next !== 0) return next;
    }
    return atEnd ? to : -1;
  }

  /** Physical line breaks in `bytes[from, to)`, quoted or not. */
  countLineBreaks(bytes: Uint8Array, from: number, to: number): number {
    let count = 0;
    for (let at = from; at < to; at++) {
      if (bytes[at] === LF || (bytes[at] === CR && this.#loneCr === true && bytes[at + 1] !== LF)) count++;
    }
    return count;
  }

  /**
   * Where the quote opened at `open` closes, or -1 if that is not before `to`. A quote just before `to` closes: if
   * another one may follow that doubles it, the sentinel makes the record end there incomplete anyway.
   */
  #closingQuote(bytes: Uint8Array, open: number, to: number): number {
    const quote = this.#quote;
    const escape = this.#escape;
    const stops = this.#quotedStops;
    const highest = this.#highestQuoted;
    const openQuote = this.innerLines;
    this.#foreign = false;
    let at = open;
    for (;;) {
      let byte = bytes[++at]!;
      while (byte > highest || stops[byte] === 0) byte = bytes[++at]!;
      if (at >= to) break;
      const following = bytes[at + 1]!;
      if (byte === LF) {
        this.innerLines++;
      } else if (byte === CR) {
        if (this.#loneCr === true && following !== LF) this.innerLines++;
      } else if (byte === escape && at + 1 < to && (following === quote || following === escape)) {
        at++;
        if (escape !== QUOTE || quote !== QUOTE) this.#foreign = true;
      } else if (byte === quote) {
        return at;
      } else if (byte === QUOTE) {
        this.#foreign = true;
      }
    }
    this.openQuote = openQuote;
    return -1;
  }

  /** The next record's start if the CR at `at` ends the record, 0 if it is data, -1 if that cannot be said yet. */
  #afterCr(bytes: Uint8Array, at: number, to: number, atEnd: boolean): number {
    if (at + 1 === to) return atEnd ? to : -1;
    if (bytes[at + 1] === LF) {
      this.#loneCr ??= false;
      return at + 2;
    }
    this.#loneCr ??= true;
    return this.#loneCr ? at + 1 : 0;
  }
}
