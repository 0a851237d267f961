import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Control } from './control.ts';

/**
 * Shows each sub folder of `folder` as a read-only bucket with its files as objects. The function given back looks
 * again and takes over what has changed, so that editing a file is replacing an object. Only a read that is under way
 * in that moment may mix old and new bytes: files are served in place.
 */
export function mirrorFolder(folder: string, control: Control): () => Promise<void> {
  const seen = new Map<string, Map<string, Sighting>>();
  let running: Promise<void> = Promise.resolve();
  return () => (running = running.catch(() => undefined).then(() => mirror(folder, control, seen)));
}

interface Sighting {
  readonly size: number;
  readonly mtimeMs: number;
}

async function mirror(
  folder: string,
  control: Control,
  seen: Map<string, Map<string, Sighting>>,
): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    let known = seen.get(entry.name);
    if (!known) {
      control.createBucket(entry.name, { readOnly: true });
      seen.set(entry.name, (known = new Map<string, Sighting>()));
    }
    await mirrorBucket(join(folder, entry.name), entry.name, control, known);
  }
}

async function mirrorBucket(
  folder: string,
  bucket: string,
  control: Control,
  known: Map<string, Sighting>,
): Promise<void> {
  const gone = new Set(known.keys());
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    const key = path.slice(folder.length + 1).replaceAll(sep, '/');
    const { size, mtimeMs, mtime } = await stat(path);
    gone.delete(key);
    const before = known.get(key);
    if (before?.size === size && before.mtimeMs === mtimeMs) continue;
    await control.put(bucket, key, { file: path }, { lastModified: mtime });
    known.set(key, { size, mtimeMs });
  }
  for (const key of gone) {
    control.delete(bucket, key);
    known.delete(key);
  }
}
