import { open } from 'node:fs/promises';
import type { RandomAccess } from './footer.ts';

/** Opens a local file of which parts can be read, while `use` runs. */
export async function withFile<T>(path: string, use: (source: RandomAccess) => Promise<T>): Promise<T> {
  const access = await openAccess(path);
  try {
    return await use(access);
  } finally {
    await access.close();
  }
}

/** Opens a local file of which parts can be read, until it is closed. */
export async function openAccess(path: string): Promise<RandomAccess & { close(): Promise<void> }> {
  const file = await open(path);
  const { size } = await file.stat();
  return {
    size,
    async read(offset, length) {
      const bytes = Buffer.alloc(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
    close: () => file.close(),
  };
}
