import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** A file that is being written beside the one it will replace. */
export interface Draft {
  path: string;
  /**
   * Makes it durable and puts it in the place of its target. rename(2) replaces the old file at once: whoever looks sees
   * the old one or the new one, whole.
   */
  commit(): Promise<FileMark>;
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
  const folder = path.dirname(target);
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (name.startsWith(prefixOf(target))) await rm(path.join(folder, name), { force: true });
  }
  const draft = draftPath(target);
  return {
    path: draft,
    async commit() {
      await flush(draft);
      await rename(draft, target);
      await flush(folder);
      const { size, mtimeNs } = await stat(target, { bigint: true });
      return { size: Number(size), modified: String(mtimeNs) };
    },
    discard: () => rm(draft, { force: true }),
  };
}

/** A new name beside `target`. Whoever writes there removes it; after a killed process the next draft of `target` does. */
export function draftPath(target: string): string {
  return path.join(path.dirname(target), prefixOf(target) + randomBytes(6).toString('hex'));
}

const prefixOf = (target: string) => `.${path.basename(target)}.draft-`;

/** A folder's entries are made durable in the same way as a file's content. */
async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
