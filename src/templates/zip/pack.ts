import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { constants, crc32, createDeflateRaw } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { RunError } from '../../model/errors/run-error.ts';
import type { Compression } from '../../model/config/template.ts';
import { copyRange, writeAll } from './copy.ts';

/** The content of an entry. The size is known before: it decides whether the header needs 64 bits. */
export type PackSource = { path: string; size: number } | { bytes: Buffer; size: number };

interface Packed {
  crc32: number;
  size: number;
  compressedSize: number;
}

/** Writes the data of an entry to `at`. Throws RunError EXT4005 when the source is not as long as it was. */
// eslint-disable-next-line max-params -- what it works on, and the signal that stops it
export async function pack(
  source: PackSource,
  to: FileHandle,
  at: number,
  compression: Compression,
  signal: AbortSignal | undefined,
): Promise<Packed> {
  if ('bytes' in source) {
    return deflateInto(to, at, oneChunk(source.bytes), compression, signal);
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
    if (compression === 'store') return await store(file, source.size, to, at, signal);
    const packed = await deflateInto(to, at, blocks(file), compression, signal);
    if (packed.size !== source.size) throw changed();
    return packed;
  } finally {
    await file.close();
  }
}

// eslint-disable-next-line max-params -- what it works on, and the signal that stops it
async function store(
  file: FileHandle,
  size: number,
  to: FileHandle,
  at: number,
  signal: AbortSignal | undefined,
): Promise<Packed> {
  let checksum = 0;
  await copyRange(file, 0, size, to, at, signal, (block) => {
    checksum = crc32(block, checksum);
  });
  return { crc32: checksum, size, compressedSize: size };
}

// eslint-disable-next-line max-params -- what it works on, and the signal that stops it
async function deflateInto(
  to: FileHandle,
  at: number,
  source: AsyncIterable<Buffer>,
  compression: Compression,
  signal: AbortSignal | undefined,
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
        await writeAll(to, chunk, at + result.compressedSize);
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
