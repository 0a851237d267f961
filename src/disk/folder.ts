import { lstat, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes a folder with all above it that do not exist. One call of the system for each: Node's own `recursive` never
 * returns where the parent refuses as /proc does, saying that a folder it has just seen does not exist.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOne(folder);
  } catch (error) {
    const refusal = error as NodeJS.ErrnoException;
    if (refusal.code !== 'EEXIST' && refusal.code !== 'ENOTDIR') throw error;
    // Still the system's error, as those who catch it ask.
    throw Object.assign(refusal, { message: `${await fileInTheWay(folder)} is no folder` });
  }
}

async function makeOne(folder: string): Promise<void> {
  if (await isFolder(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) await makeOne(parent);
  try {
    await mkdir(folder);
  } catch (error) {
    // Another run may have made it in this moment.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await isFolder(folder))) throw error;
  }
}

async function isFolder(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** The last part of the path that exists; it may be a link to nothing. */
async function fileInTheWay(folder: string): Promise<string> {
  const found = await lstat(folder).catch(() => undefined);
  return found === undefined ? fileInTheWay(path.dirname(folder)) : folder;
}
