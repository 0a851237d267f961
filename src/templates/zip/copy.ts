import type { FileHandle } from 'node:fs/promises';

/** Two of these are in memory at a time: one is read while the other is written. */
const blockSize = 1024 * 1024;

/** A place in a file from which something is written. */
export interface FilePlace {
  file: FileHandle;
  at: number;
}

/**
 * Copies the bytes from `start` to before `end` to a place in another file, and shows every block to `see` on the way.
 * Reading is one block ahead of writing. Throws when the file ends early.
 */
export async function copyRange(
  { file: from, start, end }: { file: FileHandle; start: number; end: number },
  { file: to, at }: FilePlace,
  signal: AbortSignal | undefined,
  see: (block: Buffer) => void = () => undefined,
): Promise<void> {
  const buffers = [Buffer.allocUnsafe(blockSize), Buffer.allocUnsafe(blockSize)] as const;
  let writing: Promise<unknown> = Promise.resolve();
  try {
    for (let done = 0, turn = 0; done < end - start; turn = 1 - turn) {
      signal?.throwIfAborted();
      const buffer = turn === 0 ? buffers[0] : buffers[1];
      const { bytesRead } = await from.read(buffer, 0, Math.min(blockSize, end - start - done), start + done);
      if (bytesRead === 0) throw new Error('the file ended before it should');
      const block = buffer.subarray(0, bytesRead);
      await writing;
      writing = writeAll(to, block, at + done);
      writing.catch(() => undefined);
      see(block);
      done += bytesRead;
    }
  } finally {
    await writing;
  }
}

/** Writes all bytes: one write may take fewer bytes than it was given, and reports that only in its result. */
export async function writeAll(to: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await to.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}
