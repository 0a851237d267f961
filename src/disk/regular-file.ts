import { readFile, stat } from 'node:fs/promises';

/** Reads a text file. Fails for a named pipe or a device: reading one may wait for ever. */
export async function readRegularFile(file: string): Promise<string> {
  const found = await stat(file);
  if (!found.isFile() && !found.isDirectory()) throw new Error('it is no regular file');
  return readFile(file, 'utf8');
}
