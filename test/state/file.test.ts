import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openFileState } from '../../src/state/file/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { pipeline, record, table } from '../support/pipelines.ts';
import { stateContract } from './contract.ts';

describe('the contract of state, in files', () => {
  stateContract(async () => {
    const folder = path.join(await temporaryFolder(), 'state');
    return [openFileState(folder), openFileState(folder)];
  });
});

test('a record is one file that only its owner may read, and no draft is left', async () => {
  const folder = await temporaryFolder();
  const state = openFileState(folder);
  const lock = await state.lock('shop');
  await lock.write(record(pipeline([table('orders', { id: 'int' })])), undefined);
  await lock.release();
  expect(await readdir(folder)).toEqual(['shop.json']);
  expect((await stat(path.join(folder, 'shop.json'))).mode & 0o777).toBe(0o600);
});

test('a damaged record is an error that says how to go on', async () => {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, 'shop.json'), '{"format":');
  await expect(openFileState(folder).read('shop')).rejects.toMatchObject({
    code: 'EXT6002',
    hint: expect.stringContaining('delete the file') as string,
  });
  await writeFile(path.join(folder, 'shop.json'), '{"format":2}');
  await expect(openFileState(folder).read('shop')).rejects.toMatchObject({ code: 'EXT6002' });
});

test('a note of a run that cannot be read is told, and one that is gone is none', async () => {
  const folder = await temporaryFolder();
  expect(await openFileState(path.join(folder, 'not yet')).openRuns()).toEqual([]);
  await mkdir(path.join(folder, '.run-a1.json'));
  await expect(openFileState(folder).openRuns()).rejects.toMatchObject({
    code: 'EXT6002',
    message: expect.stringMatching(/^cannot read .*\.run-a1\.json: EISDIR/) as string,
  });
});

test('so is a damaged note of a run', async () => {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, '.run-0f.json'), '{"id":');
  await expect(openFileState(folder).openRuns()).rejects.toMatchObject({
    code: 'EXT6002',
    message: expect.stringContaining(`${folder}/.run-0f.json`) as string,
    hint: expect.stringContaining('delete it') as string,
  });
});

test('the lock of a dead process is taken over; of another machine it stands', async () => {
  const folder = await temporaryFolder();
  const state = openFileState(folder);
  // Above the kernel's largest process number.
  const pid = 5_000_000;
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'shop.lock'), JSON.stringify({ pid, host: hostname(), started: '1' }));
  expect(await state.holder('shop')).toMatchObject({ alive: 'no' });
  await (await state.lock('shop')).release();
  await writeFile(path.join(folder, 'shop.lock'), JSON.stringify({ pid, host: 'elsewhere', started: '1' }));
  expect(await state.holder('shop')).toMatchObject({ alive: 'unknown' });
  await expect(state.lock('shop')).rejects.toMatchObject({
    code: 'EXT6004',
    message: `shop is being applied by process ${pid} on elsewhere`,
  });
});

test('a process of the same number that started later does not hold the lock', async () => {
  const folder = await temporaryFolder();
  await writeFile(
    path.join(folder, 'shop.lock'),
    JSON.stringify({ pid: process.pid, host: hostname(), started: 'long ago' }),
  );
  await (await openFileState(folder).lock('shop')).release();
  expect(await readdir(folder)).toEqual([]);
});
