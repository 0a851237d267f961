import { createHash, randomBytes } from 'node:crypto';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { copyInterruptibly } from '../../src/disk/copy.ts';
import { contentOf } from '../../src/disk/content-hash.ts';
import { beginDraft } from '../../src/disk/draft-file.ts';
import { makeFolder } from '../../src/disk/folder.ts';
import { readsOf } from '../../src/disk/reads.ts';
import { temporaryFolder } from '../support/folder.ts';

const never = new AbortController().signal;
const modeOf = async (file: string) => (await stat(file)).mode & 0o777;

test('a copy is whole, and has the mode that the umask leaves', async () => {
  const folder = await temporaryFolder();
  const [from, to, fresh] = ['from', 'to', 'fresh'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  // No two pieces are the same.
  const bytes = randomBytes(20 * 1024 * 1024 + 7);
  await writeFile(from, bytes, { mode: 0o600 });
  await writeFile(fresh, '');
  let reported = 0;
  await copyInterruptibly(from, to, never, (count) => (reported += count));
  expect(reported).toBe(bytes.length);
  expect(bytes.equals(await readFile(to))).toBe(true);
  expect(await modeOf(to)).toBe(await modeOf(fresh));
});

test('a copy that is flushed while it is made is whole', async () => {
  const folder = await temporaryFolder();
  const [from, to] = [path.join(folder, 'from'), path.join(folder, 'to')];
  // More than is flushed at once, twice.
  const bytes = Buffer.alloc(80 * 1024 * 1024 + 3, randomBytes(1024 * 1024 + 1));
  await writeFile(from, bytes);
  await copyInterruptibly(from, to, never);
  expect(bytes.equals(await readFile(to))).toBe(true);
});

test('a file is read in order, through memory that is used again', async () => {
  const file = path.join(await temporaryFolder(), 'file');
  // Three reads and a part of one.
  const bytes = randomBytes(3 * 512 * 1024 + 5);
  await writeFile(file, bytes);
  const seen: Buffer[] = [];
  for await (const chunk of readsOf(file)) seen.push(Buffer.from(chunk));
  expect(Buffer.concat(seen).equals(bytes)).toBe(true);
  expect(await contentOf(file)).toBe(createHash('sha256').update(bytes).digest('hex'));
  for await (const chunk of readsOf(file)) {
    expect(chunk.equals(bytes.subarray(0, chunk.length))).toBe(true);
    // One who stops early leaves no file open that is still being read.
    break;
  }
  const stopped = AbortSignal.abort(new Error('stop'));
  await expect(readsOf(file, stopped).next()).rejects.toThrow('stop');
});

test('an interrupted copy leaves nothing', async () => {
  const folder = await temporaryFolder();
  const from = path.join(folder, 'from');
  await writeFile(from, 'bytes');
  const interrupted = AbortSignal.abort(new Error('stop'));
  await expect(copyInterruptibly(from, path.join(folder, 'to'), interrupted)).rejects.toThrow('stop');
  expect(await readdir(folder)).toEqual(['from']);
});

test('a file keeps the mode of the one that it replaces', async () => {
  const target = path.join(await temporaryFolder(), 'target');
  await writeFile(target, 'old');
  for (const mode of [0o600, 0o664, 0o444]) {
    await chmod(target, mode);
    const draft = await beginDraft(target);
    await writeFile(draft.path, `new ${mode}`);
    await draft.commit();
    expect([await readFile(target, 'utf8'), await modeOf(target)]).toEqual([`new ${mode}`, mode]);
  }
});

test('folders are made one below the other, and what is in the way is named', async () => {
  const folder = await temporaryFolder();
  await makeFolder(path.join(folder, 'a/b/c'));
  await makeFolder(path.join(folder, 'a/b/c'));
  await writeFile(path.join(folder, 'file'), '');
  await expect(makeFolder(path.join(folder, 'file/x'))).rejects.toThrow(`${folder}/file is no folder`);
});

test('a folder that /proc refuses is refused, and not asked for for ever', async () => {
  await expect(makeFolder('/proc/out/x')).rejects.toThrow('ENOENT');
});
