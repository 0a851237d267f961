import { createHash } from 'node:crypto';
import type { FileMark } from './draft-file.ts';
import { readsOf } from './reads.ts';

/** A file as it was left, and the SHA-256 of what is in it, where that was recorded. */
export interface LeftMark extends FileMark {
  content?: string;
}

/** Returns the SHA-256 of a file's content. What was just written is read from memory: about a second for a gigabyte. */
export async function contentOf(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of readsOf(file, signal)) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * Returns the mark of a file, which is the one that it was left with where it was only touched since: another time, but
 * the same content. A checkout, a cache of a CI job or a copy does that.
 */
export async function markSince(
  file: string,
  found: FileMark,
  left: LeftMark | undefined,
  signal?: AbortSignal,
): Promise<FileMark> {
  const isDoubtful =
    left?.content !== undefined && left.size === found.size && left.modified !== found.modified;
  if (!isDoubtful || (await contentOf(file, signal)) !== left.content) return found;
  return { size: found.size, modified: left.modified };
}
