import { readlink } from 'node:fs/promises';

/** Returns what the symbolic link at a path points to, or undefined if there is no link. */
export async function linkAt(file: string): Promise<string | undefined> {
  try {
    return await readlink(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // EINVAL: it is something else.
    if (code === 'EINVAL' || code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
