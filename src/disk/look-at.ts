import { stat } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import type { Place } from '../model/errors/diagnostic.ts';
import { RunError } from '../model/errors/run-error.ts';
import type { FileMark } from './draft-file.ts';
import { reasonOf } from './reason.ts';

/** The error for a path whose state cannot be read. */
export interface Unseen {
  code: string;
  /** The path as messages show it. */
  shown: string;
  place?: Place;
}

/**
 * Returns the entry at a path, or undefined if there is none: also where a part of the path is not a folder. Fails
 * where the system does not answer: a folder on the way may not be searched, a share is missing, a link leads to
 * itself.
 */
export async function lookAt(file: string, unseen: Unseen): Promise<BigIntStats | undefined> {
  try {
    return await stat(file, { bigint: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw cannotLook(error, unseen);
  }
}

export function markOf({ size, mtimeNs }: Pick<BigIntStats, 'size' | 'mtimeNs'>): FileMark {
  return { size: Number(size), modified: String(mtimeNs) };
}

export function cannotLook(error: unknown, { code, shown, place }: Unseen): RunError {
  return new RunError(code, `cannot see what is at ${shown}: ${reasonOf(error)}`, {
    hint: 'check the path, and the permissions of the folders on the way to it',
    ...(place && { place }),
    cause: error,
  });
}
