import { Readable } from 'node:stream';
import type { TextSettings } from '../../model/config/source.ts';
import { bomLength, transcodeToUtf8 } from '../csv/index.ts';
import { foreignContent, HEAD_BYTES, isGzipHead } from './foreign-content.ts';
import { FileProblem } from './file-problem.ts';
import { gunzip } from './gunzip.ts';
import { peek } from './peek.ts';

/** A file as far as its text depends on it. */
export interface PackedFile {
  shown: string;
  /** Returns the packing that the service reports, known with the first byte. */
  contentEncoding?: () => string | undefined;
}

/** Returns true if the bytes are gzip, by the format or by the file's name. */
export function isGzip(file: { shown: string }, format: TextSettings): boolean {
  if (format.compression === 'by-name') return isNamedGzip(file);
  return format.compression === 'gzip';
}

/** Returns true if hyperd would unpack the file by itself. It takes a file that was cut off for a whole one. */
export function isNamedGzip({ shown }: { shown: string }): boolean {
  return /\.gz$/i.test(shown);
}

/** The text in the bytes of a file as a stream. An error of any stage is the error of the stream. `raw` ends when it does. */
export function textOf(raw: Readable, file: PackedFile, format: TextSettings): Readable {
  const text = Readable.from(textIn(raw, file, format), {
    objectMode: false,
    highWaterMark: 256 * 1024,
  });
  return text.once('close', () => raw.destroy());
}

/**
 * The text in the bytes of a file, as UTF-8: recognised by its first bytes, unpacked, transcoded. A chunk is good until the
 * next one is asked for.
 */
export function textIn(
  raw: AsyncIterable<Buffer>,
  file: PackedFile,
  format: TextSettings,
): AsyncIterable<Buffer> {
  return transcodeToUtf8(unpackText(raw, file, format), format.encoding);
}

/**
 * The text in the bytes of a file, in its own encoding. Fails with a `FileProblem` if the first bytes show that it is
 * something else, or if there is no text at all and the format does not skip such files.
 */
async function* unpackText(
  raw: AsyncIterable<Buffer>,
  file: PackedFile,
  format: TextSettings,
): AsyncGenerator<Buffer, void> {
  const { head, all } = await peek(raw, HEAD_BYTES);
  if (!isPacked(head, file, format)) {
    requireText(head, format);
    yield* all;
    return;
  }
  const unpacked = await peek(gunzip(all), HEAD_BYTES);
  if (isGzipHead(unpacked.head)) {
    throw new FileProblem('EXT2110', 'is packed with gzip twice', 'unpack it once');
  }
  requireText(unpacked.head, format);
  yield* unpacked.all;
}

function requireText(head: Buffer, { encoding, emptyFiles }: TextSettings): void {
  if (isBlank(head) && emptyFiles !== 'skip') {
    const hint = 'exclude it, or write empty_files: skip in its format: it has no rows then';
    throw new FileProblem('EXT2111', 'is empty', hint);
  }
  const foreign = foreignContent(head, encoding);
  if (foreign !== undefined) throw new FileProblem('EXT2110', foreign.what, foreign.remedy);
}

/** A byte order mark is no text. */
function isBlank(head: Buffer): boolean {
  const isMark = head.length === 2 && (head.readUInt16BE() === 0xfeff || head.readUInt16BE() === 0xfffe);
  return head.length === bomLength(head, 0, head.length) || isMark;
}

/** Returns whether the file must be unpacked, as its format, its name, its service and its first bytes agree. */
function isPacked(head: Buffer, file: PackedFile, format: TextSettings): boolean {
  if (head.length === 0) return false;
  const { compression, encoding } = format;
  const encoded = compression === 'by-name' ? contentEncodingOf(file) : undefined;
  const isSaid = isGzip(file, format) || encoded !== undefined;
  if (!isSaid || isGzipHead(head)) return isSaid;
  const foreign = foreignContent(head, encoding);
  if (foreign?.what.startsWith('is ') === true) {
    throw new FileProblem('EXT2110', foreign.what, foreign.remedy);
  }
  const why =
    compression === 'gzip'
      ? 'as compression: gzip says'
      : isNamedGzip(file)
        ? 'as its name says'
        : 'as its Content-Encoding says';
  throw new FileProblem(
    'EXT2110',
    `is not packed with gzip, ${why}`,
    'write compression: none in its format',
  );
}

/** Gzip, if the object was put so. Signed uploads in chunks leave a word of their own there. */
function contentEncodingOf({ contentEncoding }: PackedFile): 'gzip' | undefined {
  const codings = (contentEncoding?.() ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => !['', 'identity', 'aws-chunked'].includes(coding));
  const [coding, ...others] = codings;
  if (coding === undefined) return undefined;
  if (others.length === 0 && (coding === 'gzip' || coding === 'x-gzip')) return 'gzip';
  throw new FileProblem(
    'EXT2110',
    `has the Content-Encoding ${codings.join(', ')}, which is not unpacked here`,
    'put it as it is or packed with gzip; compression: none in its format reads the bytes as they are',
  );
}
