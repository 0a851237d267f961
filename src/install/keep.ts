import { lstat, open, readdir, rename, symlink } from 'node:fs/promises';
import path from 'node:path';
import { current } from '../hyper/cache.ts';

/** A new engine, and the folders that it passes through, all on one disk. */
export interface Keeping {
  /** The folder with the unpacked engine. */
  unpacked: string;
  /** A folder that is removed afterwards. */
  work: string;
  /** The folder with a folder for each version. */
  cache: string;
  version: string;
}

/** Puts an unpacked engine into the cache, in the place of an older copy if there is one, and makes it the one in use. */
export async function keepEngine({ unpacked, work, cache, version }: Keeping): Promise<void> {
  for (const name of await readdir(unpacked)) await flush(path.join(unpacked, name));
  const target = path.join(cache, version);
  const aside = path.join(work, 'replaced');
  const isThere = (await lstat(target).catch(() => undefined)) !== undefined;
  if (isThere) await rename(target, aside);
  try {
    await rename(unpacked, target);
  } catch (error) {
    if (isThere) await rename(aside, target);
    throw error;
  }
  await useVersion({ work, cache, version });
}

/** Makes a version in the cache the one in use. rename(2) replaces the old link at once. */
export async function useVersion({ work, cache, version }: Omit<Keeping, 'unpacked'>): Promise<void> {
  const link = path.join(work, current);
  await symlink(version, link);
  await rename(link, path.join(cache, current));
}

async function flush(file: string): Promise<void> {
  const handle = await open(file);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Returns the folders of the versions in the cache that are not the one in use. */
export async function otherVersions({
  cache,
  version,
}: Pick<Keeping, 'cache' | 'version'>): Promise<string[]> {
  const names = await readdir(cache);
  return names
    .filter((name) => /^\d+\.\d+\.\d+$/.test(name) && name !== version)
    .sort()
    .map((name) => path.join(cache, name));
}
