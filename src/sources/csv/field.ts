/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops stay inside the field the scanner found. */
import type { OutputBlocks } from './blocks.ts';
import type { CsvDialect } from './dialect.ts';
import type { RecordScanner } from './scan.ts';
import { completeEnd } from './utf8.ts';

const QUOTE = 0x22;

/** The values of the record last scanned, as text; of each at most `maxBytes`, then `…`. */
export function fieldTexts(
  dialect: CsvDialect,
  record: RecordScanner,
  bytes: Uint8Array,
  maxBytes = Number.MAX_SAFE_INTEGER,
): string[] {
  const count = Math.min(record.count, record.starts.length);
  return Array.from({ length: count }, (_, field) => {
    const start = record.starts[field]!;
    const end = record.ends[field]!;
    if (end - start <= maxBytes) return fieldText(dialect, bytes, start, end);
    return `${fieldText(dialect, bytes, start, completeEnd(bytes, start, start + maxBytes))}…`;
  });
}

/** The value of a scanned field as text. */
export function fieldText(dialect: CsvDialect, bytes: Uint8Array, start: number, end: number): string {
  const quote = dialect.quote?.charCodeAt(0);
  const escape = dialect.escape?.charCodeAt(0);
  if (start === end || bytes[start] !== quote)
    return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
  const value = Buffer.allocUnsafe(end - start);
  let length = 0;
  for (let at = start + 1; at < end; at++) {
    const byte = bytes[at]!;
    const next = at + 1 < end ? bytes[at + 1]! : -1;
    if (byte === escape && (next === quote || next === escape) && at + 2 < end)
      value[length++] = bytes[++at]!;
    else if (byte !== quote) value[length++] = byte;
  }
  return value.toString('utf8', 0, length);
}

/** Writes a scanned field again in double quotes, those inside doubled; `emptyIsNull` writes nothing for ''. */
export type FieldRewriter = (bytes: Uint8Array, start: number, end: number, emptyIsNull: boolean) => void;

/** Keeps ranges of the field, so that a field of any size needs no extra memory. */
export function fieldRewriter(dialect: CsvDialect, out: OutputBlocks): FieldRewriter {
  const quote = dialect.quote?.charCodeAt(0);
  const escape = dialect.escape?.charCodeAt(0);
  return (bytes, start, end, emptyIsNull) => {
    const isQuoted = start < end && bytes[start] === quote;
    const last = isQuoted ? end - 1 : end;
    let from = isQuoted ? start + 1 : start;
    let kept = 0;
    const keepUpTo = (to: number) => {
      if (from === to) return;
      if (kept === 0) out.put(QUOTE);
      kept += to - from;
      out.keep(from, to);
    };
    for (let at = from; at < last; at++) {
      const next = at + 1 < last ? bytes[at + 1]! : -1;
      if (isQuoted && bytes[at] === escape && (next === quote || next === escape)) {
        keepUpTo(at++);
        from = at;
      }
      if (bytes[at] === QUOTE) {
        // The next range begins with the quote that this one ends with: that doubles it.
        keepUpTo(at + 1);
        from = at;
      }
    }
    keepUpTo(last);
    if (kept === 0) {
      if (emptyIsNull) return;
      out.put(QUOTE);
    }
    out.put(QUOTE);
  };
}
