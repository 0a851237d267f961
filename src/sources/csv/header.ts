import { isUtf8 } from 'node:buffer';
import { bomLength } from './bom.ts';
import type { CsvDialect } from './dialect.ts';
import { CsvQuoteError, CsvSizeError, CsvUtf8Error } from './errors.ts';
import { fieldTexts } from './field.ts';
import { RecordScanner } from './scan.ts';
import { findBadByte } from './utf8.ts';
import { ByteWindow } from './window.ts';

const MAX_HEADER_BYTES = 1024 * 1024;
const LF = 0x0a;
const CR = 0x0d;

export interface HeaderRecord {
  names: string[];
  /** How many bytes of the file come before its data: the record, its line break, a byte order mark. */
  length: number;
}

/** The names alone. */
export async function readHeader(chunks: AsyncIterable<Buffer>, dialect: CsvDialect): Promise<string[]> {
  return (await readHeaderRecord(chunks, dialect)).names;
}

/**
 * The fields of the first record of a CSV file, given its UTF-8 bytes; none if the file is empty. Reads no further
 * than the chunk that ends the record: leaving the loop early closes `chunks`.
 * Fails with a `CsvError` if the record does not end within 1 MiB, is not UTF-8, or leaves a quote open.
 */
export async function readHeaderRecord(
  chunks: AsyncIterable<Buffer>,
  dialect: CsvDialect,
): Promise<HeaderRecord> {
  const window = new ByteWindow({ maxRecordBytes: MAX_HEADER_BYTES });
  for await (const chunk of chunks) {
    window.append(chunk);
    if (chunk.includes(LF) || chunk.includes(CR)) {
      const header = headerIn(window, dialect, false);
      if (header) return header;
    }
    if (window.length > MAX_HEADER_BYTES) throw new CsvSizeError('header', 1, MAX_HEADER_BYTES);
  }
  return headerIn(window, dialect, true) ?? { names: [], length: window.end };
}

function headerIn({ bytes, end }: ByteWindow, dialect: CsvDialect, atEnd: boolean): HeaderRecord | undefined {
  const start = bomLength(bytes, 0, end);
  if (start === end) return undefined;
  const counter = new RecordScanner(dialect, 0);
  const next = counter.scan(bytes, start, end, atEnd);
  if (next < 0 && atEnd) throw new CsvQuoteError({ record: 0, line: 1 + (counter.openQuote ?? 0) });
  if (next < 0) return undefined;
  if (next - start > MAX_HEADER_BYTES) throw new CsvSizeError('header', 1, MAX_HEADER_BYTES);
  if (!isUtf8(bytes.subarray(start, next))) {
    const bad = findBadByte(bytes, start, next);
    throw new CsvUtf8Error(1 + counter.countLineBreaks(bytes, start, bad), bad, bytes[bad] ?? 0);
  }
  const scanner = new RecordScanner(dialect, counter.count);
  scanner.scan(bytes, start, end, atEnd);
  return { names: fieldTexts(dialect, scanner, bytes), length: next };
}
