import { fstatSync } from 'node:fs';
import { open } from 'node:fs/promises';

const readBytes = 512 * 1024;
/** Memory that a small file does not fill still makes the collector of garbage run. */
const fewestBytes = 16 * 1024;

/**
 * Reads a file from its beginning to its end through two pieces of memory: while a chunk is used the next one is read. A chunk is
 * valid until the next one is asked for. A stream allocates new memory for each chunk of 64 KiB, which costs more CPU than
 * a checksum of its bytes.
 */
export async function* readsOf(file: string, signal?: AbortSignal): AsyncGenerator<Buffer, void> {
  const handle = await open(file);
  const bytes = Math.max(fewestBytes, Math.min(readBytes, fstatSync(handle.fd).size));
  let [memory, other] = [Buffer.allocUnsafeSlow(bytes), Buffer.allocUnsafeSlow(bytes)];
  const read = async (into: Buffer) => into.subarray(0, (await handle.read(into, 0, into.length)).bytesRead);
  let next = read(memory);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const chunk = await next;
      if (chunk.length === 0) return;
      [memory, other] = [other, memory];
      next = read(memory);
      // It is waited for and fails when it is asked for.
      next.catch(() => undefined);
      yield chunk;
    }
  } finally {
    await Promise.allSettled([next]);
    await handle.close();
  }
}
