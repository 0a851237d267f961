import { isUtf8 } from 'node:buffer';
import { bomLength, CsvSizeError, CsvUtf8Error, endsWithin, findBadByte } from '../csv/index.ts';

const LF = 0x0a;
const MAX_LINE_BYTES = 256 * 1024 * 1024;

/** Whole lines of a text that are in memory together: `bytes[start, end)`. The first one has the number `line` (from 1). */
export interface Lines {
  bytes: Buffer;
  start: number;
  end: number;
  line: number;
}

/**
 * Divides the bytes of a text at line ends, without its byte order mark. The lines that it yields are valid UTF-8, and remain
 * in memory until the next ones are requested.
 */
export async function* wholeLines(text: AsyncIterable<Buffer>): AsyncGenerator<Lines, void> {
  /** The beginning of a line that has not ended. */
  const begun: Buffer[] = [];
  let length = 0;
  let line = 1;
  let offset = 0;
  const linesOf = (bytes: Buffer, end: number, isLast: boolean): Lines => {
    const lines = { bytes, start: offset === 0 ? bomLength(bytes, 0, end) : 0, end, line };
    requireUtf8(lines, offset, isLast);
    return lines;
  };
  const begin = (bytes: Buffer) => {
    // Its memory may be used again for the next chunk.
    if (bytes.length > 0) begun.push(Buffer.from(bytes));
    length += bytes.length;
    if (length > MAX_LINE_BYTES) throw new CsvSizeError('record', line, MAX_LINE_BYTES);
  };
  for await (const chunk of text) {
    const end = chunk.lastIndexOf(LF) + 1;
    if (end > 0) {
      const bytes = length === 0 ? chunk : Buffer.concat([...begun.splice(0), chunk.subarray(0, end)]);
      const lines = linesOf(bytes, length === 0 ? end : bytes.length, false);
      length = 0;
      yield lines;
      line += countLines(bytes, lines.end);
      offset += lines.end;
    }
    begin(chunk.subarray(end));
  }
  if (length > 0) yield linesOf(Buffer.concat(begun), length, true);
}

function requireUtf8({ bytes, end, line }: Lines, offset: number, isLast: boolean): void {
  if (isUtf8(bytes.subarray(0, end))) return;
  const bad = findBadByte(bytes, 0, end);
  const isCut = isLast && endsWithin(bytes, bad, end);
  throw new CsvUtf8Error(line + countLines(bytes, bad), offset + bad, bytes[bad] ?? 0, isCut);
}

function countLines(bytes: Buffer, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at >= 0 && at < end; at = bytes.indexOf(LF, at + 1)) count++;
  return count;
}
