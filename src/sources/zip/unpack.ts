import { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { FileProblem } from '../delimited/file-problem.ts';
import type { RandomAccess } from '../parquet/index.ts';
import { again, dataStart, type ArchivedFile } from './list.ts';
import { rangeOf } from './range.ts';

/**
 * Yields the bytes of a file in an archive. Throws a FileProblem if their number or their checksum differs from what the
 * archive says; never yields more bytes than that.
 */
export async function* unpackFile(
  access: RandomAccess,
  file: ArchivedFile,
  taken: (bytes: number) => void = () => undefined,
): AsyncGenerator<Buffer, void> {
  const start = await dataStart(access, file);
  let size = 0;
  let checksum = 0;
  for await (const chunk of unpacked(counted(rangeOf(access, start, start + file.packedSize), taken), file)) {
    size += chunk.length;
    if (size > file.size) throw damaged('it is larger than the archive says');
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (size < file.size) throw damaged('it is smaller than the archive says');
  if (checksum !== file.crc32) throw damaged('its checksum does not match');
}

async function* counted(
  packed: AsyncIterable<Buffer>,
  taken: (bytes: number) => void,
): AsyncGenerator<Buffer, void> {
  for await (const piece of packed) {
    taken(piece.length);
    yield piece;
  }
}

async function* unpacked(
  packed: AsyncGenerator<Buffer, void>,
  { isDeflated, packedSize }: ArchivedFile,
): AsyncGenerator<Buffer, void> {
  if (!isDeflated || packedSize === 0) {
    yield* packed;
    return;
  }
  const source = Readable.from(packed, { objectMode: false });
  const inflate = createInflateRaw({ chunkSize: 256 * 1024 });
  source.once('error', (error) => inflate.destroy(error));
  try {
    yield* source.pipe(inflate) as AsyncIterable<Buffer>;
  } catch (error) {
    throw isOfZlib(error) ? damaged('it cannot be unpacked') : error;
  } finally {
    source.destroy();
    inflate.destroy();
  }
}

function isOfZlib(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

function damaged(what: string): FileProblem {
  return new FileProblem('EXT2102', `is damaged in its archive: ${what}`, again);
}
