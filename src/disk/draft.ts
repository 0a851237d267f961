import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

/** A file that is being written beside the one it will replace. */
export interface Draft {
  path: string;
  /**
   * Makes it durable and puts it in the place of its target. rename(2) replaces the old file at once: whoever
   * looks sees the old one or the new one, whole.
   */
  commit(): Promise<FileMark>;
  /** The same, in another place than its target's. Nothing is left to commit. */
  commitTo(place: string): Promise<void>;
  /** Removes what was written. Safe after `commit`, and twice. */
  discard(): Promise<void>;
}

export interface FileMark {
  size: number;
  /** Nanoseconds since 1970 as text. */
  modified: string;
}

/**
 * Begins a draft of `target` in its folder, which is made if it is not there. A killed process leaves its draft behind;
 * it is removed here, so only one process at a time may draft a target: the lock of the pipeline sees to that.
 */
export async function beginDraft(target: string): Promise<Draft> {
  await makeFolder(path.dirname(target));
  for (const left of await draftsOf(target)) await rm(left, { force: true });
  return newDraft(target);
}

/** One more draft of `target`, beside those that others may be writing. */
export function newDraft(target: string): Draft {
  const draft = draftPath(target);
  const commitTo = async (place: string) => {
    await flush(draft);
    const replaced = await hold(place);
    try {
      await rename(draft, place);
      await flush(path.dirname(place));
    } finally {
      // Nothing was written by it that could be lost.
      replaced?.close().catch(() => undefined);
    }
  };
  return {
    path: draft,
    commitTo,
    async commit() {
      await commitTo(target);
      const { size, mtimeNs } = await stat(target, { bigint: true });
      return { size: Number(size), modified: String(mtimeNs) };
    },
    discard: () => rm(draft, { force: true }),
  };
}

/** Those that are there, of whichever process. */
export async function draftsOf(target: string): Promise<string[]> {
  const folder = path.dirname(target);
  const names = await readdir(folder);
  return names.filter((name) => name.startsWith(prefixOf(target))).map((name) => path.join(folder, name));
}

/** Of a file in the way the system says only that it exists already, or nothing of where it is. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const refusal = error as NodeJS.ErrnoException;
    if (refusal.code !== 'EEXIST' && refusal.code !== 'ENOTDIR') throw error;
    // Still the system's error, as those who catch it ask.
    throw Object.assign(refusal, { message: `${await fileInTheWay(folder)} is no folder` });
  }
}

/** The last part of the path that is there; it may be a link to nothing. */
async function fileInTheWay(folder: string): Promise<string> {
  const found = await lstat(folder).catch(() => undefined);
  return found === undefined ? fileInTheWay(path.dirname(folder)) : folder;
}

/**
 * A new name beside `target`. Whoever writes there removes it; after a killed process the next draft of
 * `target` does.
 */
export function draftPath(target: string): string {
  return path.join(path.dirname(target), prefixOf(target) + randomBytes(6).toString('hex'));
}

const prefixOf = (target: string) => `.${path.basename(target)}.draft-`;

/**
 * To give a file's blocks back takes the longer the larger it is, and whoever removes its last name waits for that. As
 * long as it is open nobody does; closing it is left to the background.
 */
async function hold(file: string): Promise<FileHandle | undefined> {
  try {
    // A pipe would have us wait for somebody to write to it.
    return await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    // Nothing is there, or it may be replaced but not read: then the renaming takes its time.
    return undefined;
  }
}

/** A folder's entries are made durable in the same way as a file's content. */
async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
