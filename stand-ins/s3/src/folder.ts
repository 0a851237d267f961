import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Control } from './control.ts';

/** The bucket and key of a request: the folder is read again no further than that. */
export interface Named {
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * Shows each sub folder of `folder` as a read-only bucket with its files as objects. The function given back looks
 * again and takes over what has changed, so that editing a file is replacing an object. Only a read that is under way
 * in that moment may mix old and new bytes: files are served in place.
 */
export function mirrorFolder(folder: string, control: Control): (named?: Named) => Promise<void> {
  const seen = new Map<string, Bucket>();
  let running: Promise<void> = Promise.resolve();
  return (named = {}) =>
    (running = running.catch(() => undefined).then(() => mirror(folder, control, seen, named)));
}

interface Bucket {
  readonly name: string;
  readonly folder: string;
  readonly known: Map<string, Sighting>;
}

interface Sighting {
  readonly size: number;
  readonly mtimeMs: number;
}

async function mirror(
  folder: string,
  control: Control,
  seen: Map<string, Bucket>,
  { bucket: only, key }: Named,
): Promise<void> {
  const bucket = seen.get(only ?? '');
  // A folder of many files looked at for each of its objects would be what is measured.
  if (bucket !== undefined && key !== undefined) return mirrorFile(bucket, key, control);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const { name } = entry;
    if (!entry.isDirectory() || (only !== undefined && name !== only)) continue;
    let found = seen.get(name);
    if (found === undefined) {
      control.createBucket(name, { readOnly: true });
      seen.set(name, (found = { name, folder: join(folder, name), known: new Map<string, Sighting>() }));
    }
    await mirrorBucket(found, control);
  }
}

async function mirrorBucket(bucket: Bucket, control: Control): Promise<void> {
  const gone = new Set(bucket.known.keys());
  for (const file of await readdir(bucket.folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const key = keyOf(bucket, join(file.parentPath, file.name));
    gone.delete(key);
    await mirrorFile(bucket, key, control);
  }
  for (const key of gone) await mirrorFile(bucket, key, control);
}

async function mirrorFile({ name, folder, known }: Bucket, key: string, control: Control): Promise<void> {
  const path = join(folder, key);
  const found = keyOf({ folder }, path) === key ? await stat(path).catch(() => undefined) : undefined;
  const before = known.get(key);
  if (found?.isFile() === true) {
    const { size, mtimeMs, mtime } = found;
    if (before?.size === size && before.mtimeMs === mtimeMs) return;
    await control.put(name, key, { file: path }, { lastModified: mtime });
    known.set(key, { size, mtimeMs });
  } else if (before !== undefined) {
    control.delete(name, key);
    known.delete(key);
  }
}

/** Keys with `..` or `//` in them are of no file: their paths have other keys. */
function keyOf({ folder }: Pick<Bucket, 'folder'>, path: string): string {
  return path.slice(folder.length + 1).replaceAll(sep, '/');
}
