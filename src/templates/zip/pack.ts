import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { constants, crc32, createDeflateRaw } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { RunError } from '../../model/errors/run-error.ts';
import type { Compression } from '../../model/config/template.ts';
import { copyRange, writeAll, type FilePlace } from './copy.ts';

/** The content of an entry. The size is known before: it decides whether the header needs 64 bits. */
export type PackSource = { path: string; size: number } | { bytes: Buffer; size: number };

interface Packed {
  crc32: number;
  size: number;
  compressedSize: number;
}

export interface PackOptions {
  compression: Compression;
  signal: AbortSignal | undefined;
}

/** Writes the data of an entry to a place. Throws RunError EXT4005 when the source is not as long as it was. */
export async function pack(source: PackSource, to: FilePlace, options: PackOptions): Promise<Packed> {
  if ('bytes' in source) {
    return deflateInto(to, oneChunk(source.bytes), options);
  }
  const file = await open(source.path, 'r').catch((cause: unknown) => {
    throw new RunError('EXT4000', `cannot open ${source.path}: ${(cause as Error).message}`, { cause });
  });
  try {
    const changed = () =>
      new RunError('EXT4005', `${source.path} was changed while it was being packed`, {
        hint: 'run it again',
      });
    if ((await file.stat()).size !== source.size) throw changed();
    if (options.compression === 'store') return await store(file, source.size, to, options.signal);
    const packed = await deflateInto(to, blocks(file), options);
    if (packed.size !== source.size) throw changed();
    return packed;
  } finally {
    await file.close();
  }
}

async function store(
  file: FileHandle,
  size: number,
  to: FilePlace,
  signal: AbortSignal | undefined,
): Promise<Packed> {
  let checksum = 0;
  await copyRange({ file, start: 0, end: size }, to, signal, (block) => {
    checksum = crc32(block, checksum);
  });
  return { crc32: checksum, size, compressedSize: size };
}

async function deflateInto(
  { file, at }: FilePlace,
  source: AsyncIterable<Buffer>,
  { compression, signal }: PackOptions,
): Promise<Packed> {
  const result: Packed = { crc32: 0, size: 0, compressedSize: 0 };
  const count = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      result.crc32 = crc32(chunk, result.crc32);
      result.size += chunk.length;
      yield chunk;
    }
  };
  // A pipeline whose last step throws says only that it was aborted; the error itself is kept here.
  let failure: unknown;
  const write = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      try {
        await writeAll(file, chunk, at + result.compressedSize);
      } catch (error) {
        failure = error;
        throw error;
      }
      result.compressedSize += chunk.length;
    }
  };
  const options = signal === undefined ? {} : { signal };
  const level = compression === 'fast' ? constants.Z_BEST_SPEED : constants.Z_BEST_COMPRESSION;
  try {
    if (compression === 'store') await pipeline(source, count, write, options);
    else await pipeline(source, count, createDeflateRaw({ level }), write, options);
  } catch (error) {
    throw failure ?? error;
  }
  return result;
}

/**
 * The file's bytes in two buffers by turns: a step of a pipeline asks for the next block only when it is done with the
 * one before. Fresh buffers would pile up until the garbage collector gets to them.
 */
async function* blocks(file: FileHandle): AsyncGenerator<Buffer> {
  const buffers = [Buffer.allocUnsafe(blockSize), Buffer.allocUnsafe(blockSize)] as const;
  for (let at = 0, turn = 0; ; turn = 1 - turn) {
    const buffer = turn === 0 ? buffers[0] : buffers[1];
    const { bytesRead } = await file.read(buffer, 0, blockSize, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

const blockSize = 256 * 1024;

async function* oneChunk(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}
