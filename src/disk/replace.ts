import { rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { draftsOf, newDraft } from './draft-file.ts';
import { makeFolder } from './folder.ts';

/** Content that is at hand is written in a moment: an older draft is of a process that was killed. */
const longest = 10 * 60 * 1000;

/**
 * Puts content in the place of `target`, whole or not at all. No lock guards it: each of several concurrent processes
 * has its own draft, and the last one wins.
 */
export async function replaceFile(target: string, content: string | Uint8Array): Promise<void> {
  await makeFolder(path.dirname(target));
  const draft = newDraft(target);
  try {
    await writeFile(draft.path, content, { flag: 'wx' });
    await removeLeft(target, draft.path);
    await draft.commit();
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

/** Older by the clock of the disk, which may be another machine's. */
async function removeLeft(target: string, own: string): Promise<void> {
  const { mtimeMs: now } = await stat(own);
  for (const draft of await draftsOf(target)) {
    const found = await stat(draft).catch(() => undefined);
    if (found !== undefined && now - found.mtimeMs > longest) await rm(draft, { force: true });
  }
}
