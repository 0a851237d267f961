import { readdir, truncate, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { copyInterruptibly } from '../../src/disk/copy.ts';
import { temporaryFolder } from '../support/folder.ts';

const failure = new Error('EIO: i/o error, fdatasync');
const disk = vi.hoisted(() => ({ events: [] as string[], fails: () => Promise.resolve() }));

// No blocks are shared, so that the file is copied in pieces, and every flush fails in the end.
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const open = async (...given: Parameters<typeof real.open>): Promise<FileHandle> => {
    const handle = await real.open(...given);
    const name = `${path.basename(String(given[0]))} (${String(given[1])})`;
    const close = handle.close.bind(handle);
    return Object.assign(handle, {
      async datasync() {
        disk.events.push(`flush ${name}`);
        await disk.fails();
        disk.events.push('it fails');
        throw failure;
      },
      close() {
        disk.events.push(`close ${name}`);
        return close();
      },
    });
  };
  return { ...real, open, copyFile: () => Promise.reject(new Error('ENOTSUP')) };
});

/** Copies 40 MiB, of which the first 32 are flushed together. Returns the error, and what happened in which order. */
async function copy(signal: AbortSignal, progress: (bytes: number) => void, fails: () => Promise<void>) {
  const folder = await temporaryFolder();
  const [from, to] = [path.join(folder, 'from'), path.join(folder, 'to')];
  await writeFile(from, '');
  await truncate(from, 40 * 1024 * 1024);
  Object.assign(disk, { events: [], fails });
  const error: unknown = await copyInterruptibly(from, to, signal, progress).catch((error: unknown) => error);
  return { error, events: disk.events, left: await readdir(folder) };
}

/** Both files are closed, and the copy not before its flush has ended. */
const inOrder = ['close to (wx)', 'flush to (w)', 'it fails', 'close to (w)', 'close from (r)'];

/** Lets what does not wait happen first. */
const later = () => new Promise<void>((resolve) => void setImmediate(resolve));

test('a copy whose flush fails has that error, and leaves nothing', async () => {
  const { signal } = new AbortController();
  const copied = await copy(signal, () => undefined, later);
  expect(copied).toEqual({ error: failure, events: inOrder, left: ['from'] });
});

test('a copy that is interrupted before its flush fails was interrupted', async () => {
  const run = new AbortController();
  const stop = new Error('stop');
  let bytes = 0;
  const progress = (more: number) => {
    bytes += more;
    if (bytes > 32 * 1024 * 1024) run.abort(stop);
  };
  const interrupted = new Promise<void>((resolve) => {
    run.signal.addEventListener('abort', () => void later().then(resolve));
  });
  const copied = await copy(run.signal, progress, () => interrupted);
  expect(copied).toEqual({ error: stop, events: inOrder, left: ['from'] });
});
