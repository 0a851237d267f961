import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { RunError } from '../../model/errors/run-error.ts';
import { tarEntries, type TarEntry } from './tar.ts';
import { modeOf, nameInEngine, refused, refuseExcess, refuseUnsafe, type Unpacking } from './wanted.ts';

/** Unpacks the engine's files from a gzipped tar archive, and returns their names. */
export async function unpackFromTgz({ file, shown, to, signal }: Unpacking): Promise<string[]> {
  const packed = createReadStream(file, { signal });
  const unpacked = createGunzip();
  packed.on('error', (error) => unpacked.destroy(error));
  const files: { name: string; size: number }[] = [];
  try {
    for await (const entry of tarEntries(packed.pipe(unpacked) as AsyncIterable<Buffer>)) {
      const name = acceptEntry(entry, shown);
      if (name === undefined) continue;
      files.push({ name, size: entry.size });
      refuseExcess(files, shown);
      await writeFile(path.join(to, name), entry.content, {
        flag: 'wx',
        mode: modeOf(name, entry.mode),
        signal,
      });
    }
    return files.map(({ name }) => name);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RunError || isOfSystem(error)) throw error;
    throw refused(shown, error instanceof Error ? error.message : String(error), error);
  } finally {
    packed.destroy();
    unpacked.destroy();
  }
}

/** Returns the name of an entry that is wanted. Packages of npm have no links. */
function acceptEntry({ name, kind }: TarEntry, shown: string): string | undefined {
  refuseUnsafe(kind === 'folder' ? name.replace(/\/$/, '') : name, shown);
  if (kind === 'other') throw refused(shown, `its entry ${JSON.stringify(name)} is no file`);
  return kind === 'file' ? nameInEngine(name) : undefined;
}

/** Returns true for an error of the file system, as opposed to one of the archive. */
const isOfSystem = (error: unknown) => error instanceof Error && 'syscall' in error;
