import type { CsvDialect } from './dialect.ts';
import { CsvQuoteError, CsvSizeError } from './errors.ts';
import { CsvRecordError } from './record-error.ts';
import { csvFields, FieldChecks, type FieldCheck } from './field-checks.ts';
import { RecordStarts } from './record-starts.ts';
import { RecordScanner } from './scan.ts';
import { RecordSplitter } from './simd/record-splitter.ts';
import { Utf8Watch } from './utf8.ts';
import { ByteWindow } from './window.ts';

const MAX_RECORD_BYTES = 256 * 1024 * 1024;

/** Bytes that are looked at at once: they stay in the processor's cache. */
const SLICE_BYTES = 64 * 1024;

/** hyperd does not read the text as it is, though there is nothing wrong with it. */
export class NotAsWritten extends Error {
  override name = 'NotAsWritten';
}

const otherSpelling = 'a value must be written in another way';

export interface RecordCheckOptions {
  readonly dialect: CsvDialect;
  /** Fields in every record of the file. */
  readonly fields: number;
  readonly checks: readonly FieldCheck[];
  /** The number of records to examine at most. */
  readonly most?: number | undefined;
}

/**
 * Watches the UTF-8 bytes of one CSV file that hyperd reads as they are written. hyperd changes what does not fit
 * without a word: records run into each other at stray quotes, numbers are rounded, times lose their zones. Here every
 * record follows the grammar, and every value is one that hyperd reads exactly, or the check throws a `CsvError` that
 * says where; `NotAsWritten` where only the normalized text will do.
 */
export class RecordCheck {
  /** Data records so far. */
  records = 0;

  readonly #dialect: CsvDialect;
  readonly #fields: number;
  readonly #most: number;
  readonly #window = new ByteWindow({ lookBytes: 1, maxRecordBytes: MAX_RECORD_BYTES });
  readonly #scanner: RecordScanner;
  /** For records like those before; the first one is the scanner's, which learns from it how lines end. */
  readonly #splitter: RecordSplitter | undefined;
  readonly #starts: RecordStarts;
  readonly #utf8: Utf8Watch;
  readonly #checks: FieldChecks;
  #headerAhead: boolean;
  #bytesIn = 0;

  constructor({ dialect, fields, checks, most = Infinity }: RecordCheckOptions) {
    this.#dialect = dialect;
    this.#fields = fields;
    this.#most = most;
    this.#scanner = new RecordScanner(dialect, fields);
    this.#splitter = RecordSplitter.open(dialect, fields);
    this.#starts = new RecordStarts(dialect, this.#scanner);
    this.#utf8 = new Utf8Watch(this.#window, this.#scanner);
    this.#checks = new FieldChecks(csvFields(dialect), checks);
    this.#headerAhead = dialect.header;
  }

  /** All records that were asked for have been looked at. */
  get isDone(): boolean {
    return this.records >= this.#most;
  }

  /** The next bytes of the file. They are copied: their memory may be used again. */
  push(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length && !this.isDone; from += SLICE_BYTES) {
      const slice = chunk.subarray(from, from + SLICE_BYTES);
      this.#bytesIn += slice.length;
      this.#window.append(slice);
      if (!this.#window.isReady) continue;
      this.#look(false);
      this.#window.looked();
    }
  }

  /** Ends the check: nothing follows the last bytes. */
  end(): void {
    if (!this.isDone) this.#look(true);
  }

  #look(atEnd: boolean): void {
    const window = this.#window;
    const { bytes, end } = window;
    const scanner = this.#scanner;
    const starts = this.#starts;
    this.#utf8.look(this.#bytesIn, atEnd);
    this.#splitter?.look(window);
    while (window.start < end && !this.isDone) {
      if (!starts.isDone) {
        window.start = starts.next(bytes, window.start, end, atEnd);
        if (!starts.isFound) return;
      }
      if (this.records > 0 && this.#takeOrdinary(bytes)) continue;
      const from = window.start;
      const next = scanner.scan(bytes, from, end, atEnd);
      if ((next < 0 ? end : next) - from > MAX_RECORD_BYTES) {
        throw new CsvSizeError(this.#headerAhead ? 'header' : 'record', scanner.line, MAX_RECORD_BYTES);
      }
      if (next < 0) {
        if (atEnd) throw new CsvQuoteError(this.#place().record, scanner.openQuote);
        return;
      }
      this.#lookAtRecord(bytes, from);
      window.start = next;
    }
  }

  #lookAtRecord(bytes: Uint8Array, from: number): void {
    const scanner = this.#scanner;
    if (scanner.endsAtCr) throw new NotAsWritten('lines end with a carriage return');
    if (this.#headerAhead) {
      this.#headerAhead = false;
      return;
    }
    if (scanner.end === from && this.#fields > 1) throw new NotAsWritten('a line is blank');
    if (scanner.count !== this.#fields) {
      const wrong = { ...this.#place(), bytes: bytes.subarray(from, scanner.end), format: this.#dialect };
      throw new CsvRecordError(wrong, this.#fields, scanner.count);
    }
    if (this.#checks.look(scanner, bytes)) throw new NotAsWritten(otherSpelling);
    this.records++;
  }

  /** Returns false for a record that only the scanner can read. */
  #takeOrdinary(bytes: Uint8Array): boolean {
    const splitter = this.#splitter;
    const next = splitter?.split(bytes, this.#window.start) ?? -1;
    if (splitter === undefined || next < 0) return false;
    this.#scanner.passRecord();
    splitter.line = this.#scanner.line;
    if (this.#checks.look(splitter, bytes, splitter)) throw new NotAsWritten(otherSpelling);
    this.records++;
    this.#window.start = next;
    return true;
  }

  #place(): { record: number; line: number } {
    return { record: this.#headerAhead ? 0 : this.records + 1, line: this.#scanner.line };
  }
}
