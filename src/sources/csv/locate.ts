import type { CsvDialect } from './dialect.ts';
import { fieldTexts } from './field.ts';
import { RecordStarts } from './record-starts.ts';
import { RecordScanner } from './scan.ts';
import { ByteWindow } from './window.ts';

const MAX_RECORD_BYTES = 256 * 1024 * 1024;
const MAX_FIELDS = 10_000;
const MAX_FIELD_BYTES = 1000;

export interface LocatedRecord {
  /** 1-based physical line where the record starts, the header counted. */
  readonly line: number;
  /** Its first 10 000 fields, each cut after 1000 bytes. */
  readonly fields: readonly string[];
}

/**
 * Finds a data record (1-based, the header not counted) in the UTF-8 bytes of a CSV file, to say more about an error
 * that came from hyperd with the record's number only. Undefined if the file has no such record.
 */
export async function locateRecord(
  chunks: AsyncIterable<Buffer>,
  dialect: CsvDialect,
  record: number,
): Promise<LocatedRecord | undefined> {
  const window = new ByteWindow({ maxRecordBytes: MAX_RECORD_BYTES });
  const find = recordFinder(window, dialect, record);
  for await (const chunk of chunks) {
    window.append(chunk);
    if (!window.isReady) continue;
    const found = find(false);
    if (found || window.length > MAX_RECORD_BYTES) return found;
    window.looked();
  }
  return find(true);
}

function recordFinder(window: ByteWindow, dialect: CsvDialect, record: number) {
  const scanner = new RecordScanner(dialect, MAX_FIELDS);
  let ahead = record + (dialect.header ? 1 : 0);
  const starts = new RecordStarts(dialect, scanner);
  return (atEnd: boolean): LocatedRecord | undefined => {
    const { bytes, end } = window;
    while (window.start < end) {
      window.start = starts.next(bytes, window.start, end, atEnd);
      if (!starts.isFound) break;
      const next = scanner.scan(bytes, window.start, end, atEnd);
      if (next < 0) break;
      if (--ahead === 0) {
        return { line: scanner.line, fields: fieldTexts(dialect, scanner, bytes, MAX_FIELD_BYTES) };
      }
      window.start = next;
    }
    return undefined;
  };
}
