import { createHash, randomBytes } from 'node:crypto';
import { close, closeSync, constants, fstatSync, fsync, open, rmSync, type Stats } from 'node:fs';
import { chmod, chown, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeFolder } from './folder.ts';
import { beforeSuddenEnd } from './last-resort.ts';

/** A file that is being written beside the one it will replace. */
export interface DraftFile {
  path: string;
  /** Makes what was written so far durable, which `commit` then need not wait for. */
  flush(): Promise<void>;
  /**
   * Makes the draft durable and puts it in the place of its target. rename(2) replaces the old file at once: a reader
   * sees the old file or the new one, whole.
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
export async function beginDraft(target: string): Promise<DraftFile> {
  await makeFolder(path.dirname(target));
  for (const left of await draftsOf(target)) await rm(left, { force: true });
  return newDraft(target);
}

/** One more draft of `target`, beside those that others may be writing. */
export function newDraft(target: string): DraftFile {
  const draft = draftPath(target);
  const unregister = beforeSuddenEnd(() => rmSync(draft, { force: true }));
  const commitTo = async (place: string) => {
    const replaced = await hold(place);
    try {
      await flush(draft, (made) => keepAccess(draft, made, replaced));
      await rename(draft, place);
      unregister();
      await flush(path.dirname(place));
    } finally {
      // Nothing was written by it that could be lost.
      if (replaced?.descriptor !== undefined) close(replaced.descriptor, () => undefined);
    }
  };
  return {
    path: draft,
    flush: () => flush(draft),
    commitTo,
    async commit() {
      await commitTo(target);
      const { size, mtimeNs } = await stat(target, { bigint: true });
      return { size: Number(size), modified: String(mtimeNs) };
    },
    async discard() {
      await rm(draft, { force: true });
      unregister();
    },
  };
}

/** Gives the draft the mode of the file that it will replace, and its group as far as we may. */
async function keepAccess(draft: string, made: Stats, replaced: Held | undefined): Promise<void> {
  if (replaced?.facts.isFile() !== true) return;
  const { gid, mode } = replaced.facts;
  if (gid === made.gid && mode === made.mode) return;
  const access = mode & 0o7777;
  const hasGroup = gid === made.gid || (await giveTo(gid, draft, made.uid));
  // Without it the new group gets what everyone has, not what the other group had.
  await chmod(draft, hasGroup ? access : (access & ~0o070) | ((access & 0o007) << 3));
}

/** Returns whether the file has the group now: only members of a group may give a file to it. */
async function giveTo(group: number, file: string, owner: number): Promise<boolean> {
  try {
    await chown(file, owner, group);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPERM' || code === 'EINVAL') return false;
    throw error;
  }
}

/** Returns the drafts of `target` that were there when this process last looked at the folder, of any process. */
export async function draftsOf(target: string): Promise<string[]> {
  const folder = path.dirname(target);
  const prefix = prefixOf(target);
  return (await draftsIn(folder))
    .filter((name) => name.startsWith(prefix))
    .map((name) => path.join(folder, name));
}

interface Look {
  /** Milliseconds of this process. */
  at: number;
  names: Promise<string[]>;
}

/**
 * Looks at folders that are not looked at again for a while: thousands of records in one folder are written one by one, and to
 * read its names for each would take a time that grows with their square.
 */
const looks = new Map<string, Look>();
/** Milliseconds. What is left behind after a look is there for the next one. */
const lookLasts = 10_000;

function draftsIn(folder: string): Promise<string[]> {
  const now = performance.now();
  for (const [looked, { at }] of looks) if (now - at > lookLasts) looks.delete(looked);
  const known = looks.get(folder);
  if (known !== undefined) return known.names;
  const names = readdir(folder).then((all) => all.filter((name) => name.includes(draftMark)));
  looks.set(folder, { at: now, names });
  names.catch(() => looks.delete(folder));
  return names;
}

/**
 * Returns a new name beside `target`. The writer of the draft removes it; after a killed process the next draft of
 * `target` does.
 */
export function draftPath(target: string): string {
  return path.join(path.dirname(target), prefixOf(target) + randomBytes(randomLength / 2).toString('hex'));
}

const draftMark = '.draft-';
/** The number of random digits at the end of a draft's name. */
const randomLength = 12;
/** The most bytes that file systems allow in a name. */
const longestName = 255;

/** A name that is too long for a draft is cut; a hash of all of it keeps drafts of names that begin alike apart. */
function prefixOf(target: string): string {
  const name = path.basename(target);
  const prefix = `.${name}${draftMark}`;
  if (Buffer.byteLength(prefix) + randomLength <= longestName) return prefix;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `.${Array.from(name).slice(0, 40).join('')}-${hash}${draftMark}`;
}

/** A file that will be replaced. */
interface Held {
  facts: Stats;
  /** Undefined where it may not be read. */
  descriptor: number | undefined;
}

/**
 * Opens a file to delay the release of its blocks, which takes longer the larger the file is and blocks the process
 * that removes its last name. While the file is open no one waits; closing it is left to the background.
 */
async function hold(file: string): Promise<Held | undefined> {
  try {
    // Opening a pipe would otherwise wait for its writer.
    const descriptor = await openFile(file, constants.O_RDONLY | constants.O_NONBLOCK);
    return { descriptor, facts: fstatSync(descriptor) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // It may be replaced but not read: then the rename takes its time.
    const facts = await stat(file).catch(() => undefined);
    return facts && { descriptor: undefined, facts };
  }
}

const openFile = promisify(open);
const syncFile = promisify(fsync);

/**
 * A folder's entries are made durable in the same way as a file's content. What an open file is like, and closing one whose
 * content is on the disk, is no call that waits, and to leave it to another thread costs more than to do it.
 */
async function flush(
  file: string,
  prepare: (facts: Stats) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const descriptor = await openFile(file, 'r');
  try {
    await prepare(fstatSync(descriptor));
    await syncFile(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
