import { bomLength, ByteWindow } from '../csv/index.ts';
import { unescapeText } from './escape.ts';
import { TextScanner } from './scan.ts';

const MAX_RECORD_BYTES = 256 * 1024 * 1024;

/** Finds a record (from 1) in the bytes of a text file, to say more about an error that came with its number only. */
export async function locateTextRecord(
  chunks: AsyncIterable<Buffer>,
  delimiter: string,
  { fields, record, lineOf }: { fields: number; record: number; lineOf?: (line: number) => number },
): Promise<{ line: number; fields: string[] } | undefined> {
  const window = new ByteWindow({ lookBytes: 1, maxRecordBytes: MAX_RECORD_BYTES });
  const scanner = new TextScanner(delimiter, fields, lineOf);
  let ahead = record;
  let isAtStart = true;
  const find = (atEnd: boolean) => {
    const { bytes, end } = window;
    if (isAtStart) window.start += bomLength(bytes, window.start, end);
    isAtStart = false;
    while (window.start < end) {
      const next = scanner.scan(bytes, window.start, end, atEnd);
      if (next < 0) return undefined;
      if (--ahead === 0) {
        const count = Math.min(scanner.count, fields);
        return {
          line: scanner.line,
          fields: Array.from({ length: count }, (_, field) =>
            unescapeText(bytes, scanner.starts[field] ?? 0, scanner.ends[field] ?? 0),
          ),
        };
      }
      window.start = next;
    }
    return undefined;
  };
  for await (const chunk of chunks) {
    window.append(chunk);
    if (!window.isReady) continue;
    const found = find(false);
    if (found !== undefined) return found;
    window.looked();
  }
  return find(true);
}
