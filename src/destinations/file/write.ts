import { randomBytes } from 'node:crypto';
import { constants, copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FileDestination } from '../../model/pipeline.ts';
import type { BuiltExtract, Delivered } from '../../model/ports.ts';
import { RunError } from '../../model/run-error.ts';

/**
 * Copies the extract beside its target and renames it there, so that whoever looks sees the old file or the new one,
 * whole. Where the file system can share blocks (XFS, Btrfs), the copy costs nothing.
 */
export async function writeFile(destination: FileDestination, extract: BuiltExtract): Promise<Delivered> {
  const folder = path.dirname(destination.path);
  const prefix = `.${path.basename(destination.path)}.writing-`;
  const draft = path.join(folder, prefix + randomBytes(6).toString('hex'));
  try {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      if (name.startsWith(prefix)) await rm(path.join(folder, name), { force: true });
    }
    await copyFile(extract.path, draft, constants.COPYFILE_FICLONE);
    await flush(draft);
    await rename(draft, destination.path);
    await flush(folder);
  } catch (error) {
    await rm(draft, { force: true });
    throw new RunError('EXT5002', `cannot write ${destination.shown}: ${(error as Error).message}`, {
      hint: 'check that the folder is writable and has room; what was there before is untouched',
      place: destination.place,
      cause: error,
    });
  }
  const { size, mtimeNs } = await stat(destination.path, { bigint: true });
  return { size: Number(size), modified: String(mtimeNs) };
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
