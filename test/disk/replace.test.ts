import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { beginDraft, draftPath, draftsOf } from '../../src/disk/draft-file.ts';
import { replaceFile } from '../../src/disk/replace.ts';
import { temporaryFolder } from '../support/folder.ts';

test('of many at once each succeeds, and one of their texts stays, whole', async () => {
  const folder = await temporaryFolder();
  const target = path.join(folder, 'pages', 'plan.html');
  const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(100_000));
  await Promise.all(texts.map((text) => replaceFile(target, text)));
  expect(texts).toContain(await readFile(target, 'utf8'));
  expect(await readdir(path.dirname(target))).toEqual(['plan.html']);
});

test('leftovers of a killed run are removed; drafts in use, and drafts of other files, stay', async () => {
  const folder = await temporaryFolder();
  const target = path.join(folder, 'plan.json');
  const drafts = { old: '.plan.json.draft-0a', fresh: '.plan.json.draft-0b', other: '.report.xml.draft-0a' };
  for (const name of Object.values(drafts)) await writeFile(path.join(folder, name), '');
  const yesterday = new Date(Date.now() - 86_400_000);
  for (const name of [drafts.old, drafts.other]) await utimes(path.join(folder, name), yesterday, yesterday);
  await replaceFile(target, '{}');
  expect((await readdir(folder)).sort()).toEqual([drafts.fresh, drafts.other, 'plan.json']);
});

test.each([
  ['of the longest length', `${'x'.repeat(249)}.hyper`],
  ['of the longest length in bytes', `${'鷗'.repeat(83)}.hyper`],
])('a name %s has drafts, which are not those of a name that begins alike', async (_, name) => {
  const folder = await temporaryFolder();
  const other = name.replace('.hyper', '.tdsxx').slice(0, -1).concat('z');
  const left = draftPath(path.join(folder, name));
  await writeFile(left, '');
  expect(await draftsOf(path.join(folder, name))).toEqual([left]);
  expect(await draftsOf(path.join(folder, other))).toEqual([]);
  await replaceFile(path.join(folder, name), 'whole');
  expect(await readFile(path.join(folder, name), 'utf8')).toBe('whole');
});

test('a named pipe in its place is replaced without waiting for a writer', async () => {
  const target = path.join(await temporaryFolder(), 'plan.html');
  execFileSync('mkfifo', [target]);
  await replaceFile(target, 'whole');
  expect(await readFile(target, 'utf8')).toBe('whole');
});

test('what cannot be put in its place leaves nothing behind', async () => {
  const folder = await temporaryFolder();
  const target = path.join(folder, 'taken');
  await mkdir(target);
  await expect(replaceFile(target, 'text')).rejects.toThrow('EISDIR');
  expect(await readdir(folder)).toEqual(['taken']);
});

test('a folder is looked at once for many drafts in it, and what a killed run has left is still removed', async () => {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, '.b.json.draft-0123456789ab'), '');
  for (const name of ['a.json', 'b.json', 'c.json']) {
    const draft = await beginDraft(path.join(folder, name));
    await writeFile(draft.path, name);
    await draft.commit();
  }
  expect((await readdir(folder)).sort()).toEqual(['a.json', 'b.json', 'c.json']);
});
