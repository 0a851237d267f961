import { BLOCK_BYTES, OutputBlocks } from './blocks.ts';
import type { CsvDialect } from './dialect.ts';
import { CsvQuoteError, CsvSizeError } from './errors.ts';
import { CsvRecordError } from './record-error.ts';
import { ABSENT, recordWriter, type RecordShape, type RecordWriter } from './record-writer.ts';
import { RecordStarts } from './record-starts.ts';
import { RecordScanner } from './scan.ts';
import { RecordSplitter } from './simd/record-splitter.ts';
import { Utf8Watch } from './utf8.ts';
import { ByteWindow, type WindowSize } from './window.ts';

export interface NormalizeOptions extends RecordShape, Partial<WindowSize> {
  /** The number of records that are written, and examined, at most. */
  readonly most?: number | undefined;
}

const MAX_RECORD_BYTES = 256 * 1024 * 1024;

/** Bytes that are looked at at once: they stay in the processor's cache. */
const SLICE_BYTES = 64 * 1024;

const COMMA = ',';

/**
 * Turns the UTF-8 bytes of one CSV file into the CSV that hyperd's `COPY … WITH (format csv, null '')` reads: the
 * selected fields and then the constants, no header, `,` and `"`, unquoted empty = NULL, `""` = empty string.
 *
 * - NULL is an unquoted field equal to one of the dialect's null strings, and the empty string, quoted or not, where
 *   `emptyAsNull` is set. If '' is not a null string, an unquoted empty field is the empty string.
 * - Every record must have `fields` fields (`CsvRecordError`). Blank lines count as records, as they do for hyperd:
 *   in a file of one column each is one empty field; in wider files they are allowed at the end only.
 * - A byte order mark at the start, skipped lines, a `sep=` line and comments are dropped, a missing last line break
 *   is added.
 * - Fails with a `CsvError`, which names the line, also for an open quote, a record longer than `maxRecordBytes` (256
 *   MiB), and invalid UTF-8.
 *
 * Memory: some 300 KiB, or up to three times the longest record.
 */
export class CsvNormalizer {
  /** Data records written. */
  records = 0;
  bytesIn = 0;

  readonly #fields: number;
  readonly #most: number;
  readonly #maxRecordBytes: number;
  readonly #window: ByteWindow;
  readonly #scanner: RecordScanner;
  /** For records like those before; the first one is the scanner's, which learns from it how lines end. */
  readonly #splitter: RecordSplitter | undefined;
  readonly #out: OutputBlocks;
  readonly #write: RecordWriter;
  readonly #utf8: Utf8Watch;
  readonly #starts: RecordStarts;
  readonly #dialect: CsvDialect;
  #headerAhead: boolean;
  /** A blank line that is an error unless only blank lines follow it. */
  #blank: { record: number; line: number } | undefined;

  /** The output comes in blocks, each of which is good until `handOut` returns. */
  constructor(options: NormalizeOptions, handOut: (block: Buffer) => void) {
    requireShape(options);
    this.#fields = options.fields;
    this.#most = options.most ?? Infinity;
    this.#maxRecordBytes = options.maxRecordBytes ?? MAX_RECORD_BYTES;
    this.#window = new ByteWindow({ ...options, maxRecordBytes: this.#maxRecordBytes }, BLOCK_BYTES);
    this.#out = new OutputBlocks(this.#window, handOut);
    this.#scanner = new RecordScanner(options.dialect, options.fields);
    this.#splitter = RecordSplitter.open(options.dialect, options.fields, COMMA);
    this.#utf8 = new Utf8Watch(this.#window, this.#scanner);
    this.#starts = new RecordStarts(options.dialect, this.#scanner);
    this.#write = recordWriter(options, this.#out);
    this.#dialect = options.dialect;
    this.#headerAhead = options.dialect.header;
  }

  get #isDone(): boolean {
    return this.records >= this.#most;
  }

  get bytesOut(): number {
    return this.#out.bytes;
  }

  /** The next bytes of the file. They are copied: their memory may be used again. */
  push(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length; from += SLICE_BYTES) {
      this.#takeBytes(chunk.subarray(from, from + SLICE_BYTES));
    }
  }

  /** Ends the text: nothing follows the last bytes. */
  end(): void {
    if (!this.#isDone) this.#takeRecords(true);
    this.#out.flush();
  }

  #takeBytes(bytes: Uint8Array): void {
    this.bytesIn += bytes.length;
    if (this.#isDone) return;
    this.#window.append(bytes);
    if (!this.#window.isReady) return;
    this.#takeRecords(false);
    this.#window.looked();
  }

  #takeRecords(atEnd: boolean): void {
    const window = this.#window;
    const { bytes, end } = window;
    this.#utf8.look(this.bytesIn, atEnd);
    this.#splitter?.look(window);
    this.#out.windowMoved();
    while (window.start < end && !this.#isDone) {
      if (!this.#findRecord(bytes, end, atEnd)) break;
      if (this.records > 0 && this.#takeOrdinary(bytes)) continue;
      const from = window.start;
      const next = this.#scanner.scan(bytes, from, end, atEnd);
      if ((next < 0 ? end : next) - from > this.#maxRecordBytes) {
        throw new CsvSizeError(
          this.#headerAhead ? 'header' : 'record',
          this.#scanner.line,
          this.#maxRecordBytes,
        );
      }
      if (next < 0) {
        if (atEnd) throw new CsvQuoteError(this.#place().record, this.#scanner.openQuote);
        break;
      }
      this.#takeRecord(bytes, from, next);
      window.start = next;
    }
    this.#out.settle();
    if (this.#isDone) this.#out.flush();
  }

  /** Passes over what is no record; returns false if none begins before `end`. */
  #findRecord(bytes: Uint8Array, end: number, atEnd: boolean): boolean {
    const starts = this.#starts;
    if (starts.isDone) return true;
    const from = this.#window.start;
    this.#window.start = starts.next(bytes, from, end, atEnd);
    if (!starts.isFound && end - this.#window.start > this.#maxRecordBytes) {
      throw new CsvSizeError('line', this.#scanner.nextLine, this.#maxRecordBytes);
    }
    return starts.isFound;
  }

  /** Returns false for a record that only the scanner can read. */
  #takeOrdinary(bytes: Uint8Array): boolean {
    const splitter = this.#splitter;
    if (splitter === undefined || this.#scanner.endsAtCr || this.#blank !== undefined) return false;
    const from = this.#window.start;
    const next = splitter.split(bytes, from);
    if (next < 0 || next - from > this.#maxRecordBytes) return false;
    this.#scanner.passRecord();
    splitter.line = this.#scanner.line;
    this.#write(splitter, bytes, next, splitter);
    this.records++;
    this.#window.start = next;
    return true;
  }

  #takeRecord(bytes: Uint8Array, from: number, next: number): void {
    const scanner = this.#scanner;
    if (this.#headerAhead) {
      this.#headerAhead = false;
      return;
    }
    if (scanner.end === from && this.#fields > 1) {
      this.#blank ??= this.#place();
      return;
    }
    if (this.#blank) throw new CsvRecordError({ ...this.#blank, bytes: new Uint8Array() }, this.#fields, 1);
    if (scanner.count !== this.#fields) {
      const wrong = { ...this.#place(), bytes: bytes.subarray(from, scanner.end), format: this.#dialect };
      throw new CsvRecordError(wrong, this.#fields, scanner.count);
    }
    this.#write(scanner, bytes, next);
    this.records++;
  }

  /** Returns the place of the record being read. */
  #place(): { record: number; line: number } {
    return { record: this.#headerAhead ? 0 : this.records + 1, line: this.#scanner.line };
  }
}

function requireShape({ fields, select, constants, emptyAsNull }: NormalizeOptions): void {
  const unknown = select.find((field) => !Number.isInteger(field) || field < ABSENT || field >= fields);
  if (unknown !== undefined) throw new RangeError(`field ${unknown} is selected from a file of ${fields}`);
  if (emptyAsNull.length !== select.length) {
    throw new RangeError(`emptyAsNull speaks of ${emptyAsNull.length} columns, select of ${select.length}`);
  }
  if (select.length + constants.length === 0) throw new RangeError('no column is selected');
}
