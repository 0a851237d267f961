import { expect, test } from 'vitest';
import { Flushing } from '../../src/disk/flushing.ts';

const MiB = 1024 * 1024;

/** A file whose flushes end when the test says so. */
function fileOf() {
  const flushes: { succeed: () => void; fail: (error: Error) => void }[] = [];
  const datasync = () =>
    new Promise<void>((succeed, fail) => {
      flushes.push({ succeed, fail });
    });
  return { flushes, flushing: new Flushing({ datasync }) };
}

/** Resolves to whether a promise is settled once everything that can run has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const mark = () => (settled = true);
  promise.then(mark, mark);
  await new Promise(setImmediate);
  return settled;
}

test('a flush begins with each 32 MiB, and never two at once', async () => {
  const { flushes, flushing } = fileOf();
  await flushing.upTo(31 * MiB);
  expect(flushes).toHaveLength(0);
  await flushing.upTo(32 * MiB);
  expect(flushes).toHaveLength(1);
  await flushing.upTo(200 * MiB);
  expect(flushes).toHaveLength(1);
  flushes[0]?.succeed();
  await flushing.settled();
  await flushing.upTo(201 * MiB);
  expect(flushes).toHaveLength(2);
});

test('writing waits for a flush that is 256 MiB behind', async () => {
  const { flushes, flushing } = fileOf();
  await flushing.upTo(32 * MiB);
  await flushing.upTo(287 * MiB);
  const waiting = flushing.upTo(288 * MiB);
  expect(await isSettled(waiting)).toBe(false);
  flushes[0]?.succeed();
  await waiting;
  expect(flushes).toHaveLength(2);
});

test('a flush that fails is the error of the next write and of the end, and no other begins', async () => {
  const { flushes, flushing } = fileOf();
  const failure = new Error('EIO: i/o error, fdatasync');
  await flushing.upTo(32 * MiB);
  flushes[0]?.fail(failure);
  await flushing.settled();
  await expect(flushing.upTo(100 * MiB)).rejects.toBe(failure);
  await expect(flushing.end()).rejects.toBe(failure);
  expect(flushes).toHaveLength(1);
});

test('one that fails while it is waited for is the error, too', async () => {
  const { flushes, flushing } = fileOf();
  const failure = new Error('ENOSPC: no space left on device, fdatasync');
  await flushing.upTo(32 * MiB);
  const [waiting, ended] = [flushing.upTo(288 * MiB), flushing.end()];
  flushes[0]?.fail(failure);
  await expect(waiting).rejects.toBe(failure);
  await expect(ended).rejects.toBe(failure);
});

test('the end waits for a flush that is under way', async () => {
  const { flushes, flushing } = fileOf();
  await flushing.end();
  await flushing.upTo(32 * MiB);
  const ended = flushing.end();
  expect(await isSettled(ended)).toBe(false);
  flushes[0]?.succeed();
  await ended;
});
