import { open } from 'node:fs/promises';
import { unpackFromTgz } from './tgz.ts';
import { archiveError, type Unpacking } from './wanted.ts';
import { unpackFromZip } from './zip.ts';

/**
 * Unpacks hyperd and the files that belong to it from a wheel or a package of npm, side by side into a folder. No name
 * in the archive decides about a path.
 *
 * Throws RunError EXT3009 if the file is not such a package, or is not to be trusted.
 */
export async function unpackEngine(unpacking: Unpacking): Promise<void> {
  const { file, shown } = unpacking;
  const unpack = unpackers[await beginningOf(file)];
  if (unpack === undefined)
    throw archiveError(shown, 'it is neither a wheel (.whl) nor a package of npm (.tgz)');
  const names = await unpack(unpacking);
  if (!names.includes('hyperd')) throw archiveError(shown, 'there is no hyperd for Linux or macOS in it');
}

/** The first two bytes of a file decide. */
const unpackers: Readonly<Record<string, (unpacking: Unpacking) => Promise<string[]>>> = {
  '504b': unpackFromZip,
  '1f8b': unpackFromTgz,
};

async function beginningOf(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString('hex', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
