import { createReadStream } from 'node:fs';
import { crc32, createInflateRaw } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { RunError } from '../../model/run-error.ts';
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
  const damaged = (why: string, cause?: unknown) =>
    new RunError('EXT4001', `${zip.path} is not a sound zip archive: entry "${entry.name}" ${why}`, {
      cause,
    });
  const chunks: Buffer[] = [];
  let size = 0;
  let checksum = 0;
  const collect = async (stream: AsyncIterable<Buffer>) => {
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > entry.size) return;
      checksum = crc32(chunk, checksum);
      chunks.push(chunk);
    }
  };
  if (entry.compressedSize > 0) {
    const range = { start: entry.dataStart, end: entry.dataStart + entry.compressedSize - 1 };
    const packed = createReadStream(zip.path, range);
    try {
      if (entry.method === deflated) await pipeline(packed, createInflateRaw(), collect);
      else await pipeline(packed, collect);
    } catch (cause) {
      // Leaving a pipeline early makes it fail; why it was left is told below.
      if (size <= entry.size) throw damaged('cannot be unpacked', cause);
    }
  }
  if (size > entry.size) throw damaged('unpacks to more bytes than it says');
  if (size !== entry.size) throw damaged('unpacks to fewer bytes than it says');
  if (checksum !== entry.crc32) throw damaged('does not match its checksum');
  return Buffer.concat(chunks);
}

const smallEnough = 4 * 1024 * 1024;
