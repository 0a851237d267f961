import { randomUUID } from 'node:crypto';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectBody } from './types.ts';

/** Bytes that can be read by range. What is being read stays readable to its end, also after `release`. */
export interface Content {
  readonly size: number;
  /** A chunk is good until the next one is asked for. */
  read(offset?: number, length?: number): AsyncIterable<Buffer>;
  /** Marks the object as deleted; frees its memory once no reader is left. */
  release(): void;
}

/** Keeps up to 1 MiB in memory, more in files of a private temporary directory that `close` removes. */
export interface ContentStore {
  receive(chunks: AsyncIterable<Buffer>): Promise<Content>;
  hold(body: ObjectBody): Promise<Content>;
  close(): Promise<void>;
}

export function createContentStore(): ContentStore {
  let directory: Promise<string> | undefined;
  const newFile = async () =>
    join(await (directory ??= mkdtemp(join(tmpdir(), 's3-stand-in-'))), randomUUID());

  return {
    receive: (chunks) => receive(chunks, newFile),
    hold: async (body) => {
      if (typeof body === 'string') return memoryContent(Buffer.from(body));
      if (body instanceof Uint8Array) {
        return body.length <= memoryLimit ? memoryContent(Buffer.from(body)) : receive(only(body), newFile);
      }
      if ('file' in body) return fileContent(body.file, (await stat(body.file)).size, () => undefined);
      return generatedContent(body.size, body.generate);
    },
    close: async () => {
      if (directory) await rm(await directory, { recursive: true, force: true });
    },
  };
}

/** Several contents read as one, as the parts of a multipart upload are. */
export function joinContents(parts: readonly Content[]): Content {
  return {
    size: parts.reduce((sum, part) => sum + part.size, 0),
    async *read(offset = 0, length = Infinity) {
      let skip = offset;
      let left = length;
      for (const part of parts) {
        if (left <= 0) return;
        if (skip < part.size) {
          const take = Math.min(part.size - skip, left);
          yield* part.read(skip, take);
          left -= take;
        }
        skip = Math.max(0, skip - part.size);
      }
    },
    release: () => {
      for (const part of parts) part.release();
    },
  };
}

const memoryLimit = 1024 * 1024;
const readSize = 512 * 1024;

// eslint-disable-next-line @typescript-eslint/require-await -- an async iterable is what `receive` takes
async function* only(bytes: Uint8Array): AsyncIterable<Buffer> {
  yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function receive(chunks: AsyncIterable<Buffer>, newFile: () => Promise<string>): Promise<Content> {
  const inMemory: Buffer[] = [];
  let size = 0;
  const iterator = chunks[Symbol.asyncIterator]();
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    inMemory.push(next.value);
    size += next.value.length;
    if (size > memoryLimit) return spill(inMemory, iterator, await newFile());
  }
  return memoryContent(Buffer.concat(inMemory));
}

async function spill(first: Buffer[], rest: AsyncIterator<Buffer>, path: string): Promise<Content> {
  const remove = () => rm(path, { force: true });
  const file = await open(path, 'wx', 0o600);
  let size = 0;
  try {
    for (const chunk of first) size += (await file.write(chunk)).bytesWritten;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      size += (await file.write(next.value)).bytesWritten;
    }
  } catch (error) {
    await file.close();
    await remove();
    throw error;
  }
  await file.close();
  return fileContent(path, size, () => void remove());
}

function memoryContent(bytes: Buffer): Content {
  return {
    size: bytes.length,
    // eslint-disable-next-line @typescript-eslint/require-await -- the other contents do await
    async *read(offset = 0, length = bytes.length) {
      yield bytes.subarray(offset, offset + length);
    },
    release: () => undefined,
  };
}

function generatedContent(size: number, generate: (offset: number, length: number) => Uint8Array): Content {
  return {
    size,
    // eslint-disable-next-line @typescript-eslint/require-await -- the other contents do await
    async *read(offset = 0, length = size) {
      const end = Math.min(size, offset + length);
      for (let at = offset; at < end; at += readSize) {
        const wanted = Math.min(readSize, end - at);
        const bytes = generate(at, wanted);
        if (bytes.length !== wanted) {
          throw new Error(`generate(${at}, ${wanted}) gave ${bytes.length} bytes instead of ${wanted}`);
        }
        yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      }
    },
    release: () => undefined,
  };
}

function fileContent(path: string, size: number, dispose: () => void): Content {
  let readers = 0;
  let released = false;
  async function* stream(offset: number, length: number) {
    const memory = spare.pop() ?? Buffer.allocUnsafeSlow(readSize);
    try {
      if (length > 0) yield* readFile(path, offset, offset + length, memory);
    } finally {
      spare.push(memory);
      readers--;
      if (released && readers === 0) dispose();
    }
  }
  return {
    size,
    read: (offset = 0, length = size) => {
      // Counted here and not in the generator: its body starts only with the first chunk that is asked for.
      readers++;
      return stream(offset, length);
    },
    release: () => {
      released = true;
      if (readers === 0) dispose();
    },
  };
}

/** Into the same memory again and again: a server that makes garbage of what it serves is what would be measured. */
async function* readFile(path: string, from: number, to: number, memory: Buffer): AsyncIterable<Buffer> {
  const file = await open(path);
  try {
    for (let at = from; at < to;) {
      const { bytesRead } = await file.read(memory, 0, Math.min(memory.length, to - at), at);
      if (bytesRead === 0) throw new Error(`${path} has become shorter`);
      yield memory.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** Spare buffers of readers that have ended. */
const spare: Buffer[] = [];
