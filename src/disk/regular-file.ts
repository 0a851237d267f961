import { readFile, stat } from 'node:fs/promises';
import { linkAt } from './link.ts';

/**
 * Reads a text file. Fails for a named pipe or a device: reading one may wait for ever. A symbolic link to a file that does
 * not exist is an error of its own, and not a missing file (ENOENT): its name is taken.
 */
export async function readRegularFile(file: string): Promise<string> {
  const found = await stat(file).catch(async (error: unknown) => {
    const target = await linkAt(file);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || target === undefined) throw error;
    throw new Error(`it is a symbolic link to ${target}, which does not exist`, { cause: error });
  });
  if (!found.isFile() && !found.isDirectory()) throw new Error('it is no regular file');
  return readFile(file, 'utf8');
}
