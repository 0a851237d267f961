import { randomBytes } from 'node:crypto';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { copyInterruptibly } from '../../src/disk/copy.ts';
import { beginDraft } from '../../src/disk/draft-file.ts';
import { makeFolder } from '../../src/disk/folder.ts';
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
