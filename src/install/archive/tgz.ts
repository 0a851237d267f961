import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { RunError } from '../../model/errors/run-error.ts';
import { modeOf, nameInEngine, archiveError, refuseExcess, refuseUnsafe, type Unpacking } from './wanted.ts';

/** Unpacks the engine's files from a gzipped tar archive, and returns their names. */
export async function unpackFromTgz({ file, shown, to, signal }: Unpacking): Promise<string[]> {
  const packed = createReadStream(file, { signal });
  const unpacked = createGunzip();
  const archive = extract();
  // An entry that is being read fails with the end of its stream, and the archive with the reason.
  let reason: unknown;
  archive.on('error', (error) => (reason ??= error));
  const closed = new Promise<void>((resolve) => archive.once('close', resolve));
  packed.on('error', (error) => unpacked.destroy(error));
  unpacked.on('error', (error) => archive.destroy(error));
  packed.pipe(unpacked).pipe(archive);
  const files: { name: string; size: number }[] = [];
  try {
    for await (const entry of archive) {
      const { size, mode } = entry.header;
      const name = acceptEntry(entry.header, shown);
      if (name === undefined) {
        entry.resume();
        continue;
      }
      files.push({ name, size });
      refuseExcess(files, shown);
      const content = entry as AsyncIterable<Buffer>;
      await writeFile(path.join(to, name), content, { flag: 'wx', mode: modeOf(name, mode), signal });
    }
    return files.map(({ name }) => name);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RunError || isOfSystem(error)) throw error;
    archive.destroy();
    await closed;
    const cause = reason ?? error;
    throw archiveError(shown, cause instanceof Error ? cause.message : String(cause), cause);
  } finally {
    packed.destroy();
    unpacked.destroy();
  }
}

/** Returns the name of an entry that is wanted. Packages of npm have no links. */
function acceptEntry({ name, type }: Header, shown: string): string | undefined {
  refuseUnsafe(type === 'directory' ? name.replace(/\/$/, '') : name, shown);
  if (type !== 'file' && type !== 'directory')
    throw archiveError(shown, `its entry ${JSON.stringify(name)} is no file`);
  return type === 'file' ? nameInEngine(name) : undefined;
}

/** Returns true for an error of the file system, as opposed to one of the archive. */
const isOfSystem = (error: unknown) => error instanceof Error && 'syscall' in error;
