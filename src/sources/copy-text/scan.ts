/* eslint-disable @typescript-eslint/no-non-null-assertion -- the sentinel at `to` bounds every index. */
import { characterAt, CsvGrammarError, fieldKind, type GrammarProblem } from '../csv/index.ts';
import { wrongEscape } from './escapes.ts';

const LF = 0x0a;
const CR = 0x0d;
const BACKSLASH = 0x5c;

/**
 * Finds where the fields of one record of PostgreSQL's text format begin and end, in place. A record ends at LF or
 * CR LF, a field at the delimiter, unless a backslash precedes it (PostgreSQL documentation, COPY, "Text Format").
 * Fields with a backslash are marked `rewrite`: their bytes are not their value.
 */
export class TextScanner {
  /** The number of fields of the last scanned record, even those beyond the capacity. */
  count = 0;
  /** The position where its last field ends and its line break (if any) begins. */
  end = 0;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly fieldKinds: Uint8Array;

  readonly #delimiter: number;
  readonly #lineOf: (line: number) => number;
  #firstLine = 1;
  #nextLine = 1;

  /**
   * Fields beyond `capacity` are counted, their places are not kept. `lineOf` says where a line of this text is in the
   * file, if lines have been left out.
   */
  constructor(delimiter: string, capacity: number, lineOf: (line: number) => number = (line) => line) {
    this.#lineOf = lineOf;
    this.#delimiter = delimiter.charCodeAt(0);
    this.starts = new Int32Array(capacity);
    this.ends = new Int32Array(capacity);
    this.fieldKinds = new Uint8Array(capacity);
  }

  /** The physical line where the last scanned record begins, from 1. */
  get line(): number {
    return this.#lineOf(this.#firstLine);
  }

  /** Returns the line of the byte at `at`, where the next record begins at `start`. */
  lineAt(bytes: Uint8Array, start: number, at: number): number {
    let line = this.#nextLine;
    for (let before = start; before < at; before++) if (bytes[before] === LF) line++;
    return this.#lineOf(line);
  }

  /**
   * Scans the record at `from`; returns where the next one starts, or -1 if the record does not end before `to`: it
   * may be scanned again when more has come. `atEnd`: nothing comes after `to`, so the record may end there. Sets
   * `bytes[to]`, which must exist, to LF.
   *
   * @throws CsvGrammarError
   */
  scan(bytes: Uint8Array, from: number, to: number, atEnd: boolean): number {
    bytes[to] = LF;
    const delimiter = this.#delimiter;
    this.#firstLine = this.#nextLine;
    let lines = 1;
    let count = 0;
    let at = from;
    for (;;) {
      const start = at;
      let kind: number = fieldKind.plain;
      let byte = bytes[at]!;
      while (byte !== delimiter && byte !== LF && byte !== CR) {
        if (byte === BACKSLASH) {
          if (at + 1 >= to) {
            if (!atEnd) return -1;
            this.#fail('a backslash at the end of the file', { from, start, at, lines, count }, bytes);
          }
          kind = fieldKind.rewrite;
          if (bytes[++at] === LF) lines++;
        }
        byte = bytes[++at]!;
      }
      if (byte === CR) {
        if (at + 1 >= to && !atEnd) return -1;
        if (at + 1 >= to || bytes[at + 1] !== LF) {
          this.#fail('a carriage return without a line feed', { from, start, at, lines, count }, bytes);
        }
      }
      if (count < this.starts.length) {
        this.starts[count] = start;
        this.ends[count] = at;
        this.fieldKinds[count] = kind;
      }
      count++;
      if (byte === delimiter) {
        at++;
        continue;
      }
      if (at === to && !atEnd) return -1;
      this.count = count;
      this.end = at;
      this.#nextLine += lines;
      return at === to ? to : byte === CR ? at + 2 : at + 1;
    }
  }

  /**
   * Looks at the escapes of the record last scanned, which begins at `from`.
   *
   * @throws CsvGrammarError for the first that means something else to hyperd, or nothing.
   */
  checkEscapes(bytes: Uint8Array, from: number): void {
    const count = Math.min(this.count, this.starts.length);
    for (let field = 0; field < count; field++) {
      if (this.fieldKinds[field] === fieldKind.plain) continue;
      const start = this.starts[field]!;
      const end = this.ends[field]!;
      const wrong = wrongEscape(bytes, start, end);
      if (wrong === undefined) continue;
      const { at } = wrong;
      let lines = 1;
      for (let before = from; before < at; before++) if (bytes[before] === LF) lines++;
      const until = Math.min(at + 4, end);
      this.#fail(wrong.problem, { from, start, at, lines, count: field, until }, bytes);
    }
  }

  #fail(
    what: GrammarProblem,
    place: { from: number; start: number; at: number; lines: number; count: number; until?: number },
    bytes: Uint8Array,
  ): never {
    const { from, start, at, lines, count, until = at } = place;
    throw new CsvGrammarError(what, {
      line: this.line + lines - 1,
      character: characterAt(bytes, from, at, false),
      field: count,
      near: Buffer.from(bytes.subarray(Math.max(start, at - 40), until)).toString(),
      followsBackslash: false,
      hasQuotes: false,
    });
  }
}
