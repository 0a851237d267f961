import {
  bomLength,
  BOM_BYTES,
  ByteWindow,
  CsvError,
  CsvRecordError,
  CsvSizeError,
  FieldChecks,
  Utf8Watch,
  type FieldCheck,
} from '../csv/index.ts';
import { unescapeText } from './escape.ts';
import { TextScanner } from './scan.ts';

const MAX_RECORD_BYTES = 256 * 1024 * 1024;
const SLICE_BYTES = 256 * 1024;

export interface TextOptions {
  readonly delimiter: string;
  readonly nulls: readonly string[];
  /** Fields in every record. */
  readonly fields: number;
  readonly checks: readonly FieldCheck[];
  /** The number of records to examine at most. */
  readonly most?: number | undefined;
  /** Returns the line of the file that a line of this text comes from, if lines have been left out. */
  readonly lineOf?: ((line: number) => number) | undefined;
}

/** Takes the records in their order. */
export interface TextTaker {
  /** The record last scanned; its bytes change afterwards. */
  onRecord(scanner: TextScanner, bytes: Uint8Array, isReplaced: boolean): void;
  /** Called for the line `\.`, by which PostgreSQL may end the data. */
  onEndMark(): void;
}

/** The records of one file in PostgreSQL's text format, each with the right number of fields and values that hold. */
export class TextRecords {
  /** Data records so far. */
  records = 0;
  readonly checks: FieldChecks;

  readonly #fields: number;
  readonly #most: number;
  readonly #taker: TextTaker;
  readonly #window = new ByteWindow({ lookBytes: 1, maxRecordBytes: MAX_RECORD_BYTES });
  readonly #scanner: TextScanner;
  readonly #utf8: Utf8Watch;
  #bytesIn = 0;
  #atStart = true;
  #hasEnded = false;

  constructor({ delimiter, nulls, fields, checks, most = Infinity, lineOf }: TextOptions, taker: TextTaker) {
    this.#fields = fields;
    this.#most = most;
    this.#taker = taker;
    this.#scanner = new TextScanner(delimiter, fields, lineOf);
    this.#utf8 = new Utf8Watch(this.#window, this.#scanner);
    this.checks = new FieldChecks({ nulls, text: unescapeText, quotesArePlain: false }, checks);
  }

  push(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length && !this.#isDone; from += SLICE_BYTES) {
      const slice = chunk.subarray(from, from + SLICE_BYTES);
      this.#bytesIn += slice.length;
      this.#window.append(slice);
      if (!this.#window.isReady) continue;
      this.#look(false);
      this.#window.looked();
    }
  }

  end(): void {
    if (!this.#isDone) this.#look(true);
  }

  get #isDone(): boolean {
    return this.records >= this.#most;
  }

  #look(atEnd: boolean): void {
    const window = this.#window;
    const { bytes, end } = window;
    const scanner = this.#scanner;
    if (this.#atStart) {
      if (window.length < BOM_BYTES && !atEnd) return;
      window.start += bomLength(bytes, window.start, end);
      this.#atStart = false;
    }
    this.#utf8.look(this.#bytesIn, atEnd);
    while (window.start < end && !this.#isDone) {
      const next = scanner.scan(bytes, window.start, end, atEnd);
      if (next < 0) {
        if (window.length > MAX_RECORD_BYTES)
          throw new CsvSizeError('record', scanner.line, MAX_RECORD_BYTES);
        break;
      }
      this.#take(bytes, window.start);
      window.start = next;
    }
  }

  #take(bytes: Uint8Array, from: number): void {
    const scanner = this.#scanner;
    if (this.#hasEnded) {
      const hint = 'remove what follows the line \\. from the file, or the line itself if it is no end';
      throw new CsvError('there is data after the end mark \\.', scanner.line, hint);
    }
    if (scanner.end - from === 2 && bytes[from] === 0x5c && bytes[from + 1] === 0x2e) {
      this.#hasEnded = true;
      this.#taker.onEndMark();
      return;
    }
    if (scanner.count !== this.#fields) {
      throw new CsvRecordError(
        { record: this.records + 1, line: scanner.line, bytes: bytes.subarray(from, scanner.end) },
        this.#fields,
        scanner.count,
      );
    }
    scanner.checkEscapes(bytes, from);
    this.#taker.onRecord(scanner, bytes, this.checks.look(scanner, bytes));
    this.records++;
  }
}
