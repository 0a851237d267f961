import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, vi, onTestFinished } from 'vitest';
import { cleanUpSuddenly } from '../../src/disk/last-resort.ts';
import { ownMark } from '../../src/disk/process-identity.ts';
import { makeTemporaryFolder, temporaryParent } from '../../src/disk/temporary.ts';
import { temporaryFolder } from '../support/folder.ts';

function within(folder: string): void {
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
}

test('folders of killed runs are removed, those of living ones and of others stay', async () => {
  const parent = await temporaryFolder();
  within(parent);
  const mark = await ownMark();
  const machine = mark.slice(mark.lastIndexOf('-') + 1);
  const [dead, alive, elsewhere] = [
    `extracts-5000000-1-${machine}-abcdef`,
    `extracts-${mark}-abcdef`,
    'extracts-5000000-1-0123456789ab-abcdef',
  ];
  for (const name of [dead, alive, elsewhere])
    await mkdir(path.join(parent, name, 'inside'), { recursive: true });
  const folder = await makeTemporaryFolder();
  expect((await readdir(parent)).sort()).toEqual([alive, elsewhere, path.basename(folder.path)].sort());
  await folder.remove();
  expect((await readdir(parent)).sort()).toEqual([alive, elsewhere].sort());
});

test.each([
  ['is missing', (parent: string) => path.join(parent, 'none'), undefined],
  ['is too long', (parent: string) => path.join(parent, 'long'), 60],
])('where TMPDIR %s, a short folder of the system takes its place', async (_, tmpdir, longest) => {
  const parent = await temporaryFolder();
  await mkdir(path.join(parent, 'long'));
  within(tmpdir(parent));
  const folder = await makeTemporaryFolder(longest);
  expect(folder.path).toMatch(/^\/tmp\/extracts-\d+-/);
  await folder.remove();
});

test('the folder that will be used is known before one is made', async () => {
  const parent = await temporaryFolder();
  within(parent);
  expect(await temporaryParent()).toBe(parent);
  expect(await readdir(parent)).toEqual([]);
  vi.stubEnv('TMPDIR', path.join(parent, 'none'));
  expect(await temporaryParent()).toBe('/tmp');
});

test('a lack of room for any is reported', async () => {
  await expect(makeTemporaryFolder(5)).rejects.toMatchObject({ code: 'EXT3021' });
});

test('a sudden end removes what is registered, and nothing that is finished', async () => {
  const parent = await temporaryFolder();
  within(parent);
  const [one, other] = [await makeTemporaryFolder(), await makeTemporaryFolder()];
  await one.remove();
  await mkdir(one.path);
  cleanUpSuddenly();
  expect(await readdir(parent)).toEqual([path.basename(one.path)]);
  await other.remove();
});
