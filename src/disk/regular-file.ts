import { closeSync, constants, fstatSync, open, read } from 'node:fs';
import { promisify } from 'node:util';
import { linkAt } from './link.ts';

const openFile = promisify(open);
const readInto = promisify(read);

/**
 * Reads a text file. Fails for a named pipe or a device: reading one may wait for ever. A symbolic link to a file that does
 * not exist is an error of its own, and not a missing file (ENOENT): its name is taken.
 *
 * A run reads thousands of records and locks, and to wait for an answer of the system takes several times the CPU of the
 * answer. So only the two calls that may reach a server are waited for.
 */
export async function readRegularFile(file: string): Promise<string> {
  const descriptor = await openToRead(file);
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile() && !found.isDirectory()) throw new Error(irregular);
    return await textOf(descriptor, found.isFile() ? found.size : 1);
  } finally {
    closeSync(descriptor);
  }
}

const irregular = 'it is no regular file';

async function openToRead(file: string): Promise<number> {
  try {
    // Opening a pipe would otherwise wait for its writer.
    return await openFile(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENXIO') throw new Error(irregular, { cause: error });
    const target = code === 'ENOENT' ? await linkAt(file) : undefined;
    if (target === undefined) throw error;
    throw new Error(`it is a symbolic link to ${target}, which does not exist`, { cause: error });
  }
}

/** Reads what the file had when it was opened; a folder is an error of the system. */
async function textOf(descriptor: number, size: number): Promise<string> {
  const bytes = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await readInto(descriptor, bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.toString('utf8', 0, filled);
}
