import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, copyFile, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A private directory (mode 0700) that holds every byte received; it is removed when the stand-in closes. */
export interface Store {
  directory: string;
  newPath: (extension: string) => string;
  /** Streams bytes to a new file, giving up with `onTooLarge` beyond the limit. Nothing is left behind on failure. */
  save: (bytes: AsyncIterable<Buffer>, limit: number, onTooLarge: () => Error) => Promise<SavedFile>;
  /** Puts files end to end into a new one; the parts are removed afterwards. */
  join: (parts: readonly string[]) => Promise<SavedFile>;
  copy: (from: string, extension: string) => Promise<string>;
  remove: (file: string) => Promise<void>;
  close: () => Promise<void>;
}

export interface SavedFile {
  path: string;
  size: number;
}

export async function openStore(): Promise<Store> {
  const directory = await mkdtemp(path.join(tmpdir(), 'tableau-stand-in-'));
  const newPath = (extension: string) => path.join(directory, `${randomUUID()}.${extension}`);
  const remove = (file: string) => rm(file, { force: true });

  const save: Store['save'] = async (bytes, limit, onTooLarge) => {
    const file = newPath('part');
    let size = 0;
    async function* measured() {
      for await (const chunk of bytes) {
        size += chunk.length;
        if (size > limit) throw onTooLarge();
        yield chunk;
      }
    }
    try {
      await pipeline(measured(), createWriteStream(file));
    } catch (error) {
      await remove(file);
      throw error;
    }
    return { path: file, size };
  };

  const join: Store['join'] = async ([first, ...others]) => {
    const file = newPath('part');
    if (first === undefined) await appendFile(file, '');
    else await rename(first, file);
    for (const part of others) {
      await pipeline(createReadStream(part), createWriteStream(file, { flags: 'a' }));
      await remove(part);
    }
    return { path: file, size: (await stat(file)).size };
  };

  return {
    directory,
    newPath,
    save,
    join,
    remove,
    async copy(from, extension) {
      const file = newPath(extension);
      await copyFile(from, file);
      return file;
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
}
