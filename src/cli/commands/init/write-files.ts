import { link, lstat, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newDraft } from '../../../disk/draft-file.ts';
import { makeFolder } from '../../../disk/folder.ts';
import { reasonOf } from '../../../disk/reason.ts';
import { replaceFile } from '../../../disk/replace.ts';
import { RunError } from '../../../model/errors/run-error.ts';

/** The outcome for a file: `kept` files existed with other content, `unchanged` ones with the same. */
export type FileOutcome = 'created' | 'replaced' | 'kept' | 'unchanged';

export interface WrittenFile {
  path: string;
  outcome: FileOutcome;
}

/**
 * Writes files below a folder, all or none: after an error or a signal, those that were written are removed again, and
 * replaced ones have their former content. Existing files are kept unless `force` is true.
 */
export async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, string>,
  { force, signal }: { force: boolean; signal: AbortSignal },
): Promise<WrittenFile[]> {
  const undo: (() => Promise<void>)[] = [];
  const written: WrittenFile[] = [];
  try {
    for (const [name, content] of files) {
      signal.throwIfAborted();
      written.push({ path: name, outcome: await writeOne(path.join(folder, name), content, force, undo) });
    }
    return written;
  } catch (error) {
    for (const step of undo.reverse()) await step();
    if (signal.aborted) throw error;
    const name = [...files.keys()][written.length] ?? '';
    throw new RunError('EXT6130', `cannot write ${name}: ${reasonOf(error)}`, {
      hint: 'nothing was written; make the folder writable, or move what is in the way',
      cause: error,
    });
  }
}

async function writeOne(
  target: string,
  content: string,
  force: boolean,
  undo: (() => Promise<void>)[],
): Promise<FileOutcome> {
  if (!(await exists(target))) {
    await createFile(target, content, undo);
    return 'created';
  }
  const former = await readFile(target).catch(() => undefined);
  if (former?.equals(Buffer.from(content)) === true) return 'unchanged';
  if (!force) return 'kept';
  await replaceFile(target, content);
  if (former !== undefined) undo.push(() => replaceFile(target, former));
  return 'replaced';
}

/** A link to nothing counts: writing would go to another place. */
async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    // ENOTDIR: a file is in the place of a folder, as making the folder will say.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** Writes a new file whole; a file that appears at the same moment is not replaced, but an error. */
async function createFile(target: string, content: string, undo: (() => Promise<void>)[]): Promise<void> {
  await makeFolders(path.dirname(target), undo);
  const draft = newDraft(target);
  try {
    await writeFile(draft.path, content, { flag: 'wx' });
    await link(draft.path, target).catch(async (error: unknown) => {
      if (!hasNoLinks(error)) throw error;
      await draft.commit();
    });
    undo.push(() => rm(target, { force: true }));
  } finally {
    await draft.discard();
  }
}

/** Makes the folders of a file, from the top, and removes them in the reverse order. */
async function makeFolders(folder: string, undo: (() => Promise<void>)[]): Promise<void> {
  const parent = path.dirname(folder);
  if (parent !== folder && !(await exists(folder))) {
    await makeFolders(parent, undo);
    undo.push(() => rmdir(folder).catch(() => undefined));
  }
  await makeFolder(folder);
}

/** True for a file system without hard links. */
const hasNoLinks = (error: unknown) =>
  ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? '');
