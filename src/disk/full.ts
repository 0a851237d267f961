import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { bytes } from '../model/base/numbers.ts';
import { RunError } from '../model/errors/run-error.ts';

/** The space that a program which ended without a message needed at least to begin: hyperd writes some hundred kB. */
const least = 8 * 1024 ** 2;

/** Throws where what has failed, `doing`, surely or likely failed for lack of room in this temporary folder. */
export async function refuseFullDisk(
  folder: string,
  doing: string,
  freeOf: (folder: string) => Promise<number> = freeBytes,
): Promise<void> {
  const free = await freeOf(folder);
  if (free >= least) return;
  const parent = path.dirname(folder);
  throw new RunError('EXT3020', `${doing}: TMPDIR (${parent}) has only ${bytes(free)} free`, {
    hint: 'make room there, or set TMPDIR to a folder on another disk',
  });
}

/** Returns the free bytes. A file system that reports no size sets no limit. */
async function freeBytes(folder: string): Promise<number> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize;
}
