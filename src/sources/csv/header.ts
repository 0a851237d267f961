import { isUtf8 } from 'node:buffer';
import type { CsvDialect } from './dialect.ts';
import { CsvQuoteError, CsvSizeError, CsvUtf8Error } from './errors.ts';
import { fieldTexts } from './field.ts';
import { RecordStarts } from './record-starts.ts';
import { RecordScanner } from './scan.ts';
import { endsWithin, findBadByte } from './utf8.ts';
import { ByteWindow } from './window.ts';

const MAX_HEADER_BYTES = 1024 * 1024;
/** More lines than these hardly precede a header. */
const BEGINNING_BYTES = 8 * 1024;
const LF = 0x0a;
const CR = 0x0d;

export interface HeaderRecord {
  names: string[];
  /** The number of bytes of the file before its data: the skipped lines, the header record, its line break. */
  length: number;
  /** Lines come before the header; or anything, a byte order mark too, before the data where there is no header. */
  isPreceded: boolean;
  /** There is no text at all: not even a line that is passed over. */
  isEmpty: boolean;
  /** Lines that are passed over are all that there is. */
  isPassedOver?: true;
  /** The first bytes of the text, from its first line, where its header names columns. */
  beginning?: Buffer;
}

/** The fields of the first record, whether it is a header or not. */
export async function readHeader(chunks: AsyncIterable<Buffer>, dialect: CsvDialect): Promise<string[]> {
  return (await readHeaderRecord(chunks, { ...dialect, header: true })).names;
}

/**
 * The fields of the first record of a CSV file, given its UTF-8 bytes; none if there is no record, or if the dialect has
 * no header. Reads no further than the chunk that ends the record: leaving the loop early closes `chunks`.
 * Fails with a `CsvError` if the record does not end within 1 MiB, is not UTF-8, or leaves a quote open.
 */
export async function readHeaderRecord(
  chunks: AsyncIterable<Buffer>,
  dialect: CsvDialect,
): Promise<HeaderRecord> {
  const window = new ByteWindow({ maxRecordBytes: MAX_HEADER_BYTES });
  for await (const chunk of chunks) {
    window.append(chunk);
    if (chunk.includes(LF) || chunk.includes(CR) || !dialect.header) {
      const header = headerIn(window, dialect, false);
      if (header) return header;
    }
    if (window.length > MAX_HEADER_BYTES) throw new CsvSizeError('header', 1, MAX_HEADER_BYTES);
  }
  const header = headerIn(window, dialect, true);
  if (header === undefined) throw new Error('a text that has ended has a header or none');
  return header;
}

function headerIn({ bytes, end }: ByteWindow, dialect: CsvDialect, atEnd: boolean): HeaderRecord | undefined {
  const counter = new RecordScanner(dialect, 0);
  const starts = new RecordStarts(dialect, counter);
  const start = starts.next(bytes, 0, end, atEnd);
  const isPreceded = starts.lines > 0 || (!dialect.header && start > 0);
  if (!starts.isFound) {
    if (!atEnd) return undefined;
    const isEmpty = starts.lines === 0;
    return { names: [], length: end, isPreceded, isEmpty, ...(!isEmpty && { isPassedOver: true }) };
  }
  if (!dialect.header) return { names: [], length: start, isPreceded, isEmpty: false };
  const next = counter.scan(bytes, start, end, atEnd);
  const line = 1 + starts.lines;
  if (next < 0 && atEnd) throw new CsvQuoteError(0, counter.openQuote);
  if (next < 0) return undefined;
  if (next - start > MAX_HEADER_BYTES) throw new CsvSizeError('header', line, MAX_HEADER_BYTES);
  if (!isUtf8(bytes.subarray(start, next))) {
    const bad = findBadByte(bytes, start, next);
    const badLine = line + counter.countLineBreaks(bytes, start, bad);
    const isCut = atEnd && next === end && endsWithin(bytes, bad, end);
    throw new CsvUtf8Error(badLine, bad, bytes[bad] ?? 0, isCut);
  }
  const scanner = new RecordScanner(dialect, counter.count);
  scanner.scan(bytes, start, end, atEnd);
  const beginning = Buffer.from(bytes.subarray(0, Math.min(end, BEGINNING_BYTES)));
  return { names: fieldTexts(dialect, scanner, bytes), length: next, isPreceded, isEmpty: false, beginning };
}
