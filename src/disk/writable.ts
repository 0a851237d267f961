import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Returns why nothing could be written in the folder, as far as that can be seen without writing. For a folder that does
 * not exist the nearest one above it is looked at: the others will be made.
 */
export async function whyUnwritable(folder: string): Promise<string | undefined> {
  try {
    if (!(await stat(folder)).isDirectory()) return `${folder} is no folder`;
    await access(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && path.dirname(folder) !== folder) return whyUnwritable(path.dirname(folder));
    if (code === 'ENOTDIR') return `a part of ${folder} is no folder`;
    return code === 'EROFS' ? `${folder} is on a read-only file system` : `${folder} may not be written`;
  }
}
