/* eslint-disable @typescript-eslint/no-non-null-assertion --
   every index in the loops below is bounded by the sentinel at `to`; a check per byte would be paid per byte. */
import { characterAt } from './character.ts';
import type { CsvDialect } from './dialect.ts';
import { CsvGrammarError } from './errors.ts';
import type { GrammarProblem } from './grammar-hint.ts';

/** The facts about a field that are known without another look; the bits are combined. */
export const fieldKind = {
  /** Unquoted, and its bytes may go to hyperd as they are. */
  plain: 0,
  /** The field is in quotes: it is text, never NULL by a null string. */
  quoted: 1,
  /** More than its outer quotes means something else to hyperd's dialect: it must be quoted again. */
  rewrite: 2,
} as const;

/**
 * The place where a quote opened that is not closed yet: the physical line, and the place in it in characters from 1.
 */
export interface OpenQuote {
  line: number;
  character: number;
  /** The number of lines that were skipped, if the record begins right behind them. */
  skipped: number | undefined;
}

const LF = 0x0a;
const CR = 0x0d;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** No byte is equal to it. */
const NO_BYTE = -1;

/**
 * Finds where the fields of one record begin and end, in place, at the speed of a byte loop.
 *
 * Grammar: RFC 4180, and nothing beside it. A field is quoted if it begins with a quote; after its closing quote
 * comes a delimiter or a line break. A quote inside an unquoted field is an error, or data where the dialect allows
 * it. hyperd and PostgreSQL are more lenient: they drop such quotes, and let records run into each other. An escape
 * that is not the quote is special only inside quotes and only before a quote or itself; before anything else it is
 * data, as in PostgreSQL (hyperd would drop it).
 *
 * Record ends are LF and CRLF. If the file's first unquoted line break is a CR without LF, then lone CRs end the
 * records of this file, and nothing else does. Elsewhere a CR outside quotes is an error.
 */
export class RecordScanner {
  /** The number of fields of the last scanned record, even those beyond the capacity. */
  count = 0;
  /** All kinds of its fields, or-ed. */
  kinds = 0;
  /** The position where its last field ends and its line break (if any) begins. */
  end = 0;
  /** The physical line where it begins, from 1. */
  line = 1;
  /** Line breaks inside its quotes. */
  innerLines = 0;
  /** The place where the quote opened, if the scan ended inside it. */
  openQuote: OpenQuote | undefined;

  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly fieldKinds: Uint8Array;

  readonly #delimiter: number;
  readonly #quote: number;
  readonly #escape: number;
  readonly #keepsStrayQuotes: boolean;
  readonly #skipLines: number;
  /** Bytes that may mean something outside and inside quotes, and the highest of each. */
  readonly #plainStops = new Uint8Array(256);
  readonly #quotedStops = new Uint8Array(256);
  readonly #highestPlain: number;
  readonly #highestQuoted: number;
  /** The bytes that `scan` was given. */
  #bytes: Uint8Array = new Uint8Array(0);
  #from = 0;
  #to = 0;
  #atEnd = false;
  #nextLine = 1;
  #loneCr: boolean | undefined;
  /** The quoted part last scanned holds bytes that hyperd would not read so. */
  #foreign = false;

  /** Fields beyond `capacity` are counted, their places are not kept. */
  constructor(dialect: CsvDialect, capacity: number) {
    this.starts = new Int32Array(capacity);
    this.ends = new Int32Array(capacity);
    this.fieldKinds = new Uint8Array(capacity);
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#quote = dialect.quote?.charCodeAt(0) ?? NO_BYTE;
    this.#escape = dialect.escape?.charCodeAt(0) ?? NO_BYTE;
    this.#keepsStrayQuotes = dialect.strayQuotes === 'keep';
    this.#skipLines = dialect.skipLines;
    const plain = [this.#delimiter, this.#quote, COMMA, QUOTE, CR, LF].filter((byte) => byte >= 0);
    const quoted = [this.#quote, this.#escape, QUOTE, CR, LF].filter((byte) => byte >= 0);
    for (const byte of plain) this.#plainStops[byte] = 1;
    for (const byte of quoted) this.#quotedStops[byte] = 1;
    this.#highestPlain = Math.max(...plain);
    this.#highestQuoted = Math.max(...quoted);
  }

  /** The physical line where the record after the last one begins. */
  get nextLine(): number {
    return this.#nextLine;
  }

  /** The records of this file end at carriage returns without line feeds, which hyperd does not read. */
  get endsAtCr(): boolean {
    return this.#loneCr === true;
  }

  /**
   * Scans the record at `from`; returns where the next one starts, or -1 if the record does not end before `to`: it
   * may be scanned again when more has come. `atEnd`: nothing comes after `to`, so the record may end there. Sets
   * `bytes[to]`, which must exist, to LF.
   *
   * @throws CsvGrammarError
   */
  // eslint-disable-next-line max-lines-per-function -- a loop over bytes that must not call
  scan(bytes: Uint8Array, from: number, to: number, atEnd: boolean): number {
    bytes[to] = LF;
    this.#bytes = bytes;
    this.#from = from;
    this.#to = to;
    this.#atEnd = atEnd;
    const { starts, ends, fieldKinds } = this;
    const capacity = starts.length;
    const delimiter = this.#delimiter;
    const quote = this.#quote;
    const stops = this.#plainStops;
    const highest = this.#highestPlain;
    this.line = this.#nextLine;
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
      if (byte === quote) {
        at = this.#closingQuote(bytes, at, to) + 1;
        if (at === 0) return -1;
        kind = this.#foreign ? fieldKind.quoted | fieldKind.rewrite : fieldKind.quoted;
        byte = bytes[at]!;
        if (byte !== delimiter) {
          if (byte !== LF && byte !== CR) this.#fail('text after a closing quote', start, at, count);
          next = this.#afterBreak(start, at, count);
          if (next < 0) return -1;
        }
      } else {
        for (;;) {
          while (byte > highest || stops[byte] === 0) byte = bytes[++at]!;
          if (byte === delimiter) break;
          if (byte === LF || byte === CR) {
            next = this.#afterBreak(start, at, count);
            if (next < 0) return -1;
            break;
          }
          if (byte === quote && !this.#keepsStrayQuotes) {
            this.#fail('a quote inside an unquoted field', start, at, count);
          }
          kind |= fieldKind.rewrite;
          byte = bytes[++at]!;
        }
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
        this.#nextLine = this.line + 1 + this.innerLines;
        return next;
      }
      at++;
    }
  }

  /** A record of one line was found in another way, and ended as the records before. */
  passRecord(): void {
    this.line = this.#nextLine++;
  }

  /** Returns the start of the line after the one at `from`, whatever it holds; -1 if it does not end before `to`. */
  skipLine(bytes: Uint8Array, from: number, to: number, atEnd: boolean): number {
    const next = this.#lineEnd(bytes, from, to, atEnd);
    if (next >= 0) this.#nextLine++;
    return next;
  }

  #lineEnd(bytes: Uint8Array, from: number, to: number, atEnd: boolean): number {
    for (let at = from; at < to; at++) {
      if (bytes[at] !== LF && bytes[at] !== CR) continue;
      const following = at + 1 < to ? bytes[at + 1] : undefined;
      if (bytes[at] === CR && following !== LF) {
        if (following === undefined) return atEnd ? to : -1;
        if (this.#loneCr === undefined && following === CR && at + 2 >= to && !atEnd) return -1;
        this.#loneCr ??= following !== CR || bytes[at + 2] !== LF;
        if (this.#loneCr) return at + 1;
        continue;
      }
      this.#loneCr ??= false;
      return bytes[at] === LF ? at + 1 : at + 2;
    }
    return atEnd ? to : -1;
  }

  /** Returns the line of the byte at `at`, where the next record begins at `start`. */
  lineAt(bytes: Uint8Array, start: number, at: number): number {
    return this.#nextLine + this.countLineBreaks(bytes, start, at);
  }

  /** Physical line breaks in `bytes[from, to)`, quoted or not. */
  countLineBreaks(bytes: Uint8Array, from: number, to: number): number {
    const isLone = this.#loneCr ?? isFirstBreakLone(bytes, from, to);
    let count = 0;
    for (let at = from; at < to; at++) {
      if (bytes[at] === LF || (bytes[at] === CR && isLone && bytes[at + 1] !== LF)) count++;
    }
    return count;
  }

  /**
   * Returns where the quote opened at `open` closes, or -1 if that is not before `to`. A quote just before `to`
   * closes: if another one may follow that doubles it, the sentinel makes the record end there incomplete anyway.
   */
  #closingQuote(bytes: Uint8Array, open: number, to: number): number {
    const quote = this.#quote;
    const escape = this.#escape;
    const stops = this.#quotedStops;
    const highest = this.#highestQuoted;
    const line = this.line + this.innerLines;
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
    this.openQuote = { line, character: this.#characterAt(open), skipped: this.#skipped };
    return -1;
  }

  /** Returns where the next record starts after the line break at `at`, or -1 if that is not known yet. */
  #afterBreak(start: number, at: number, field: number): number {
    const bytes = this.#bytes;
    const to = this.#to;
    if (bytes[at] === LF) {
      if (at === to) return this.#atEnd ? to : -1;
      if (this.#loneCr === true)
        this.#fail('a line feed where lines end with a carriage return', start, at, field);
      this.#loneCr = false;
      return at + 1;
    }
    if (at + 1 === to && !this.#atEnd) return -1;
    const isCrLf = at + 1 < to && bytes[at + 1] === LF;
    if (isCrLf && this.#loneCr !== true) {
      this.#loneCr = false;
      return at + 2;
    }
    if (this.#loneCr === undefined && bytes[at + 1] === CR && at + 2 === to && !this.#atEnd) return -1;
    // CR CR LF is a line break that was translated twice, not an empty record.
    const isTwice = this.#loneCr === undefined && at + 2 < to && bytes[at + 1] === CR && bytes[at + 2] === LF;
    if (isCrLf || isTwice || this.#loneCr === false) {
      this.#fail('a carriage return outside quotes', start, at, field);
    }
    this.#loneCr = true;
    return at + 1;
  }

  #characterAt(at: number): number {
    return characterAt(this.#bytes, this.#from, at, this.#loneCr === true);
  }

  /** The number of lines that were skipped, if the record begins right behind them. */
  get #skipped(): number | undefined {
    return this.#skipLines > 0 && this.line === this.#skipLines + 1 ? this.#skipLines : undefined;
  }

  #fail(what: GrammarProblem, start: number, at: number, field: number): never {
    const bytes = this.#bytes;
    throw new CsvGrammarError(what, {
      line: this.line + this.innerLines,
      skipped: this.#skipped,
      character: this.#characterAt(at),
      field,
      near: textBefore(bytes, start, at),
      followsBackslash: bytes[at - 2] === BACKSLASH,
      hasQuotes: this.#quote !== NO_BYTE,
      hasBackslash: this.#escape === BACKSLASH,
      delimiter: String.fromCharCode(this.#delimiter),
    });
  }
}

/** The first line break in `bytes[from, to)` is a CR without LF. */
function isFirstBreakLone(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes.subarray(from, to).findIndex((byte) => byte === LF || byte === CR);
  return first >= 0 && bytes[from + first] === CR && bytes[from + first + 1] !== LF;
}

/** The end of the field so far, which shows a reader the place. What follows may not have come yet. */
function textBefore(bytes: Uint8Array, start: number, at: number): string {
  const from = Math.max(start, at - 40);
  const text = Buffer.from(bytes.subarray(from, at + 1)).toString();
  const whole = text.replace(/^\uFFFD+|\uFFFD+$/g, '').replace(/[\r\n]+$/, '');
  return from > start ? `…${whole}` : whole;
}
