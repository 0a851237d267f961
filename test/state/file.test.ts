import { createHook } from 'node:async_hooks';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownMark } from '../../src/disk/process-identity.ts';
import type { StatePort } from '../../src/model/ports/state-port.ts';
import { openFileState } from '../../src/state/file/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { pipeline, record, table } from '../support/pipelines.ts';
import { stateContract } from './contract.ts';

/** As version 0.1.0 wrote it. */
const holder = { started: '1', since: '2026-01-31T08:00:00Z', token: 'x' };

describe('the contract of state, in files', () => {
  let folder = '';
  const open = async () => {
    folder = path.join(await temporaryFolder(), 'state');
    return [openFileState(folder), openFileState(folder)] as [StatePort, StatePort];
  };
  stateContract(open, async (milliseconds) => {
    const rates = (await readdir(folder)).filter((name) => name.startsWith('.rate-'));
    for (const file of rates.map((name) => path.join(folder, name))) {
      const rate = JSON.parse(await readFile(file, 'utf8')) as { fullAt: number };
      await writeFile(file, JSON.stringify({ ...rate, fullAt: rate.fullAt - milliseconds }));
    }
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

/** How often `call` waited for the file system. */
async function fileCalls(call: () => Promise<unknown>): Promise<number> {
  let calls = 0;
  const hook = createHook({ init: (_, type) => (calls += type.startsWith('FSREQ') ? 1 : 0) }).enable();
  try {
    await call();
  } finally {
    hook.disable();
  }
  return calls;
}

test('a record is written durably without asking the file system twice', async () => {
  const state = openFileState(await temporaryFolder());
  const lock = await state.lock('shop');
  const one = record(pipeline([table('orders', { id: 'int' })]));
  const version = await lock.write(one, await lock.write(one, undefined));
  // Two for the lock, two for the record before; the folder; the draft written, opened and flushed; the old file held
  // and let go; the rename; the folder opened and flushed.
  expect(await fileCalls(() => lock.write(one, version))).toBeLessThanOrEqual(15);
  // Opened and read.
  expect(await fileCalls(() => lock.confirm())).toBe(2);
  await lock.release();
});

test('a damaged record is an error that says how to continue', async () => {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, 'shop.json'), '{"format":');
  await expect(openFileState(folder).read('shop')).rejects.toMatchObject({
    code: 'EXT6002',
    hint: expect.stringContaining('delete the file') as string,
  });
  await writeFile(path.join(folder, 'shop.json'), '{"format":2}');
  await expect(openFileState(folder).read('shop')).rejects.toMatchObject({ code: 'EXT6002' });
});

test('a record of another pipeline does not count for this one, and the other continues', async () => {
  const folder = await temporaryFolder();
  const shop = { ...record(pipeline([table('orders', { id: 'int' })])), address: 'shop' };
  await writeFile(path.join(folder, 'shop.json'), JSON.stringify(shop));
  await writeFile(path.join(folder, 'copy.json'), JSON.stringify(shop));
  const state = openFileState(folder);
  await expect(state.read('copy')).rejects.toMatchObject({
    code: 'EXT6002',
    message: `cannot read the state ${folder}/copy.json: it is the record of shop, not of copy`,
    hint: expect.stringContaining('delete the file') as string,
  });
  expect((await state.read('shop'))?.record).toEqual(shop);
  expect(await state.list()).toEqual(['copy', 'shop']);
});

test('an unreadable note of a run is reported, and a missing one is not', async () => {
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

test('the lock of a dead process is taken over; one of another machine stays', async () => {
  const folder = await temporaryFolder();
  const state = openFileState(folder);
  // Above the kernel's largest process number.
  const pid = 5_000_000;
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'shop.lock'), JSON.stringify({ ...holder, pid, host: hostname() }));
  expect(await state.holder('shop')).toMatchObject({ alive: 'no' });
  await (await state.lock('shop')).release();
  await writeFile(path.join(folder, 'shop.lock'), JSON.stringify({ ...holder, pid, host: 'elsewhere' }));
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
    JSON.stringify({ ...holder, pid: process.pid, host: hostname(), started: 'long ago' }),
  );
  await (await openFileState(folder).lock('shop')).release();
  expect(await readdir(folder)).toEqual([]);
});

test('a lock of another boot or another container is unknown, whatever the name of its host', async () => {
  const folder = await temporaryFolder();
  const state = openFileState(folder);
  const lock = await state.lock('shop');
  const file = path.join(folder, 'shop.lock');
  const own = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await lock.release();
  const dead = { ...own, started: 'long ago', host: 'renamed' };
  for (const elsewhere of [{ boot: 'another' }, { pidNamespace: 'pid:[1]' }, { boot: undefined }]) {
    await writeFile(file, JSON.stringify({ ...dead, ...elsewhere }));
    expect(await state.holder('shop')).toMatchObject({ alive: 'unknown' });
    await expect(state.lock('shop')).rejects.toMatchObject({
      code: 'EXT6004',
      hint: expect.stringContaining('extracts state unlock shop') as string,
    });
  }
  await writeFile(file, JSON.stringify(dead));
  expect(await state.holder('shop')).toMatchObject({ alive: 'no' });
  await (await state.lock('shop')).release();
});

test('what killed runs left while they took a lock is removed; what living ones write stays', async () => {
  const folder = await temporaryFolder();
  const mark = await ownMark();
  const machine = mark.slice(mark.lastIndexOf('-') + 1);
  const dead = `5000000-1-${machine}`;
  const old = [
    'shop.lock.0123456789abcdef',
    'shop.lock.0123456789ab.stale',
    '..run-0a.json.draft-0123456789ab',
  ];
  const names = {
    gone: [`.shop.lock.${dead}.0123456789ab`, `.run-0f.json.${dead}.0123456789ab`.replace(/^/, '.'), ...old],
    kept: [
      `.shop.lock.${mark}.0123456789ab`,
      '.shop.lock.5000000-1-0123456789ab.0123456789ab',
      'shop.lock.fedcba9876543210',
      'notes.txt',
    ],
  };
  for (const name of [...names.gone, ...names.kept]) await writeFile(path.join(folder, name), '');
  const yesterday = new Date(Date.now() - 86_400_000);
  for (const name of old) await utimes(path.join(folder, name), yesterday, yesterday);
  await (await openFileState(folder).lock('other')).release();
  expect((await readdir(folder)).sort()).toEqual(names.kept.sort());
});

test.each(['lock', 'beginRun'] as const)('%s reports what keeps it from writing', async (act) => {
  const folder = path.join(await temporaryFolder(), 'file');
  await writeFile(folder, '');
  const state = openFileState(folder);
  const done = act === 'lock' ? state.lock('shop') : state.beginRun({ id: 'a1', addresses: [] });
  await expect(done).rejects.toMatchObject({
    code: 'EXT6001',
    message: expect.stringContaining(`${folder} is no folder`) as string,
  });
});

test('a named pipe in the place of a lock or a record is an error without any wait', async () => {
  const folder = await temporaryFolder();
  const state = openFileState(folder);
  for (const name of ['shop.lock', 'other.json', '.run-0a.json'])
    execFileSync('mkfifo', [path.join(folder, name)]);
  const refused = { code: 'EXT6002', message: expect.stringContaining('it is no regular file') as string };
  await expect(state.lock('shop')).rejects.toMatchObject(refused);
  await expect(state.holder('shop')).rejects.toMatchObject(refused);
  await expect(state.read('other')).rejects.toMatchObject(refused);
  await expect(state.openRuns()).rejects.toMatchObject(refused);
});

test('a link to nothing in the place of a lock, a record or a note is an error, and not a missing file', async () => {
  const folder = await temporaryFolder();
  const state = openFileState(folder);
  for (const name of ['shop.lock', 'other.json', '.run-0a.json'])
    await symlink('nowhere', path.join(folder, name));
  const refused = {
    code: 'EXT6002',
    message: expect.stringContaining('it is a symbolic link to nowhere, which does not exist') as string,
  };
  await expect(state.lock('shop')).rejects.toMatchObject(refused);
  await expect(state.holder('shop')).rejects.toMatchObject(refused);
  await expect(state.read('other')).rejects.toMatchObject(refused);
  await expect(state.openRuns()).rejects.toMatchObject(refused);
});

test('a lock that outlasts the wait is not waited for again', async () => {
  const folder = await temporaryFolder();
  const other = await openFileState(folder).lock('shop');
  const waits: string[] = [];
  const state = openFileState(folder, undefined, { wait: 100, onWait: (about) => waits.push(about) });
  await expect(state.lock('shop')).rejects.toMatchObject({ code: 'EXT6004' });
  await expect(state.lock('shop')).rejects.toMatchObject({ code: 'EXT6004' });
  expect(waits).toEqual([expect.stringContaining('shop is being applied')]);
  await other.release();
  await (await state.lock('shop')).release();
});
