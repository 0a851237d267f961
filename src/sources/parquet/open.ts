import { open } from 'node:fs/promises';
import type { RandomAccess } from './footer.ts';

/** Opens a local file of which parts can be read, while `use` runs. */
export async function withFile<T>(path: string, use: (source: RandomAccess) => Promise<T>): Promise<T> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return await use({
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
    });
  } finally {
    await file.close();
  }
}
