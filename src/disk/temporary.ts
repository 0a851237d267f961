import { rmSync } from 'node:fs';
import { access, constants, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RunError } from '../model/errors/run-error.ts';
import { beforeSuddenEnd } from './last-resort.ts';
import { isAbandoned, ownMark } from './process-identity.ts';
import { reasonOf } from './reason.ts';

export interface TemporaryFolder {
  path: string;
  /** Removes it with all that is in it. Safe to call twice. */
  remove(): Promise<void>;
}

const prefix = 'extracts-';
/** The number of characters that mkdtemp appends. */
const randomLength = 6;

/**
 * Makes a folder for this process in TMPDIR. Where that cannot be used (it is missing or read-only), or a path in it
 * would be longer than `longest`, a short one of the system takes its place. Folders of killed runs are removed.
 */
export async function makeTemporaryFolder(longest = Infinity): Promise<TemporaryFolder> {
  const refusals: string[] = [];
  for (const parent of parents()) {
    const stem = await stemIn(parent);
    if (Buffer.byteLength(stem) + randomLength > longest) {
      refusals.push(`${parent} is too long a path`);
      continue;
    }
    try {
      return await make(stem);
    } catch (error) {
      refusals.push(reasonOf(error).replace(/^(\w+): .*$/, `$1 in ${parent}`));
    }
  }
  throw new RunError('EXT3021', `cannot make a temporary folder: ${refusals.join(', ')}`, {
    hint: 'set TMPDIR to a folder that exists, is writable and has a short path',
  });
}

/** TMPDIR, and what takes its place. */
const parents = () => new Set([tmpdir(), '/tmp', '/var/tmp', '/dev/shm']);

/** Returns the folder in which temporary folders will be made, without making one; TMPDIR if there is none. */
export async function temporaryParent(): Promise<string> {
  for (const parent of parents()) {
    const isUsable = await access(`${parent}/.`, constants.W_OK | constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isUsable) return parent;
  }
  return tmpdir();
}

/** Makes a folder for this process in another place than TMPDIR, and removes those of killed runs there. */
export async function makeTemporaryFolderIn(parent: string): Promise<TemporaryFolder> {
  return make(await stemIn(parent));
}

const stemIn = async (parent: string) => path.join(parent, `${prefix}${await ownMark()}-`);

async function make(stem: string): Promise<TemporaryFolder> {
  const made = await mkdtemp(stem);
  await removeAbandoned(path.dirname(stem));
  return owned(made);
}

function owned(folder: string): TemporaryFolder {
  const unregister = beforeSuddenEnd(() => rmSync(folder, { recursive: true, force: true }));
  return {
    path: folder,
    async remove() {
      await rm(folder, { recursive: true, force: true });
      unregister();
    },
  };
}

const swept = new Set<string>();

/** Once per process and folder. What cannot be looked at or removed belongs to another user, and stays. */
async function removeAbandoned(parent: string): Promise<void> {
  if (swept.has(parent)) return;
  swept.add(parent);
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const mark = new RegExp(`^${prefix}(.+)-\\w{${randomLength}}$`).exec(name)?.[1];
    if (mark === undefined || !(await isAbandoned(mark))) continue;
    const folder = path.join(parent, name);
    const found = await stat(folder).catch(() => undefined);
    if (found?.uid !== process.getuid?.()) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
