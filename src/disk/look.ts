import { stat } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';

/** What is at a path, or undefined if nothing is: also where a part of the path is no folder. */
export async function lookAt(file: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(file, { bigint: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
