import { isUtf8 } from 'node:buffer';
import { completeEnd, CsvEncodingError, decoderOf } from '../../sources/csv/index.ts';
import { HEAD_BYTES, shownEncoding } from '../../sources/delimited/foreign-content.ts';
import type { Sample } from './text-sample.ts';

/** An encoding by its name in the WHATWG Encoding Standard. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** The encoding that a sample shows: `ascii` reads alike in UTF-8 and windows-1252, `unknown` is neither text nor one of them. */
export type ShownEncoding = Encoding | 'ascii' | 'unknown';

const ZERO_BYTE = 0;
/** Bytes that windows-1252 has no character for. */
const holes = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/** Returns the encoding in which the bytes of a sample are text. */
export function encodingOf({ bytes, isWhole }: Sample): ShownEncoding {
  const shown = shownEncoding(bytes.subarray(0, HEAD_BYTES));
  if (shown !== undefined && shown !== 'utf-8') return shown;
  const end = isWhole ? bytes.length : completeEnd(bytes, 0, bytes.length);
  if (bytes.includes(ZERO_BYTE)) return 'unknown';
  if (isUtf8(bytes.subarray(0, end))) return bytes.some((byte) => byte >= 0x80) ? 'utf-8' : 'ascii';
  if (shown === 'utf-8') return 'unknown';
  return bytes.some((byte) => holes.has(byte) || isControl(byte)) ? 'unknown' : 'windows-1252';
}

/** Returns the one encoding in which all files can be read, or two files that have none in common. */
export function commonEncoding(
  files: readonly { shown: string; encoding: Exclude<ShownEncoding, 'unknown'> }[],
): Encoding | { one: string; other: string } {
  const telling = files.filter(({ encoding }) => encoding !== 'ascii');
  const [first] = telling;
  if (first === undefined) return 'utf-8';
  const other = telling.find(({ encoding }) => encoding !== first.encoding);
  if (other !== undefined) return { one: first.shown, other: other.shown };
  const isAscii = files.find(({ encoding }) => encoding === 'ascii');
  const isWide = first.encoding === 'utf-16le' || first.encoding === 'utf-16be';
  if (isAscii !== undefined && isWide) return { one: first.shown, other: isAscii.shown };
  return first.encoding === 'ascii' ? 'utf-8' : first.encoding;
}

/** Returns the bytes of a sample as UTF-8; undefined if they are not in this encoding. */
export function asUtf8({ bytes, isWhole }: Sample, encoding: Encoding): Buffer | undefined {
  if (encoding === 'utf-8')
    return bytes.subarray(0, isWhole ? bytes.length : completeEnd(bytes, 0, bytes.length));
  try {
    const decoder = decoderOf(encoding);
    const text = decoder.decode(bytes);
    return isWhole ? Buffer.concat([text, decoder.end()]) : text;
  } catch (error) {
    if (error instanceof CsvEncodingError) return undefined;
    throw error;
  }
}

/** Texts hold no control characters but tabs, line breaks, page breaks and the old end mark. */
function isControl(byte: number): boolean {
  return byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1a;
}
