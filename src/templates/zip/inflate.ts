import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { RunError } from '../../model/errors/run-error.ts';
import type { ZipArchive, ZipEntry } from './read.ts';
import { deflated } from './records.ts';

/**
 * The unpacked bytes of one entry, which may not be more than `limit` nor, once past a few megabytes, blow up to more
 * than 200 times their packed size: XML of Tableau packs 10 to 40 times. Stops at the size that the entry claims, and
 * checks it and the checksum.
 *
 * Throws RunError EXT4004 (too large) or EXT4001 (damaged).
 */
export async function unpackEntry(zip: ZipArchive, entry: ZipEntry, limit: number): Promise<Buffer> {
  const ceiling = Math.min(limit, Math.max(smallEnough, entry.compressedSize * 200));
  if (entry.size > ceiling) {
    throw new RunError(
      'EXT4004',
      `${zip.path}: entry "${entry.name}" unpacks to more than ${ceiling} bytes`,
      {
        hint: 'no data source description is that large; the package is damaged or hostile',
      },
    );
  }
  const chunks: Buffer[] = [];
  await unpackChecked(zip, entry, async (stream) => {
    for await (const chunk of stream) chunks.push(chunk);
  });
  return Buffer.concat(chunks);
}

/**
 * The unpacked bytes of one entry as a file, of any size. There must be no file yet.
 *
 * Throws RunError EXT4001 (damaged); what was written is then no use.
 */
export function unpackEntryTo(
  zip: ZipArchive,
  entry: ZipEntry,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  return unpackChecked(zip, entry, (stream) =>
    pipeline(stream, createWriteStream(to, { flags: 'wx' }), { signal }),
  );
}

/** Stops at the size that the entry claims, and checks it and the checksum. */
async function unpackChecked(
  zip: ZipArchive,
  entry: ZipEntry,
  use: (stream: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const damaged = (why: string, cause?: unknown) =>
    new RunError('EXT4001', `${zip.path} is not a sound zip archive: entry "${entry.name}" ${why}`, {
      cause,
    });
  let size = 0;
  let checksum = 0;
  const checked = async function* (stream: AsyncIterable<Buffer>) {
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > entry.size) return;
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  };
  const range = { start: entry.dataStart, end: entry.dataStart + entry.compressedSize - 1 };
  const packed = entry.compressedSize > 0 ? createReadStream(zip.path, range) : Readable.from([]);
  const bytes = async (stream: AsyncIterable<Buffer>) => use(checked(stream));
  try {
    if (entry.method === deflated && entry.compressedSize > 0)
      await pipeline(packed, createInflateRaw(), bytes);
    else await pipeline(packed, bytes);
  } catch (cause) {
    // Ending a stream pipeline early makes it fail; the reason is reported below. A full disk is no damage.
    if (size <= entry.size) throw isOfSystem(cause) ? cause : damaged('cannot be unpacked', cause);
  }
  if (size > entry.size) throw damaged('unpacks to more bytes than it says');
  if (size !== entry.size) throw damaged('unpacks to fewer bytes than it says');
  if (checksum !== entry.crc32) throw damaged('does not match its checksum');
}

/** Returns true for an error of the file system, or an interruption; as opposed to zlib. */
function isOfSystem(error: unknown): boolean {
  return error instanceof Error && ('syscall' in error || error.name === 'AbortError');
}

const smallEnough = 4 * 1024 * 1024;
