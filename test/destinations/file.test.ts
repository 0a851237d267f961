import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { RunError } from '../../src/model/errors/run-error.ts';
import { deliveryOf } from './tableau/support.ts';
import { openFileDestination } from '../../src/destinations/file/index.ts';
import { temporaryFolder } from '../support/folder.ts';

const signal = new AbortController().signal;
const place = { file: 'pipelines/shop.yaml', pointer: '/destinations/0' };
const ofPath = { ...place, pointer: '/destinations/0/path' };

async function open(target: string) {
  const folder = await temporaryFolder();
  const built = path.join(folder, 'built.hyper');
  await writeFile(built, 'the new extract');
  const file = path.join(folder, target);
  const port = openFileDestination({ type: 'file', place, shown: target, path: file });
  return { folder, file, port, extract: { path: built, size: 15, modified: '1', rows: {} } };
}

test('folders are made, the file is whole, and nothing is left beside it', async () => {
  const { file, port, extract } = await open('a/b/shop.hyper');
  expect(await port.observe({ last: undefined }, signal)).toEqual({ type: 'file', found: undefined });
  let told = 0;
  const { delivered } = await port.write(extract, deliveryOf({ progress: (bytes) => (told += bytes) }));
  expect(told).toBe(15);
  expect(await readFile(file, 'utf8')).toBe('the new extract');
  expect(await readdir(path.dirname(file))).toEqual(['shop.hyper']);
  expect(await port.observe({ last: undefined }, signal)).toEqual({ type: 'file', found: delivered });
});

test('a failure leaves what was there', async () => {
  const { file, port, extract } = await open('shop.hyper');
  await writeFile(file, 'the old extract');
  await expect(port.write({ ...extract, path: '/nowhere' }, deliveryOf())).rejects.toMatchObject({
    code: 'EXT5002',
    place,
  });
  expect(await readFile(file, 'utf8')).toBe('the old extract');
  expect((await readdir(path.dirname(file))).sort()).toEqual(['built.hyper', 'shop.hyper']);
});

test('a run that has lost the right to write leaves the file unchanged', async () => {
  const { file, port, extract } = await open('shop.hyper');
  await writeFile(file, 'the newer extract');
  const lost = new RunError('EXT6006', 'the lock of shop was lost');
  await expect(port.write(extract, deliveryOf({ confirm: () => Promise.reject(lost) }))).rejects.toBe(lost);
  expect(await readFile(file, 'utf8')).toBe('the newer extract');
  expect((await readdir(path.dirname(file))).sort()).toEqual(['built.hyper', 'shop.hyper']);
});

test('what cannot be written is seen before', async () => {
  const { file, port } = await open('shop.hyper');
  await mkdir(file);
  expect(await port.observe({ last: undefined }, signal)).toMatchObject({
    problem: { code: 'EXT5001', message: 'cannot write shop.hyper: it is a folder', place: ofPath },
  });
  await rm(file, { recursive: true });
  execFileSync('mkfifo', [file]);
  expect(await port.observe({ last: undefined }, signal)).toMatchObject({
    problem: { code: 'EXT5001', message: 'cannot write shop.hyper: it is no regular file', place: ofPath },
  });
  const below = await open('built.hyper/shop.hyper');
  expect(await below.port.observe({ last: undefined }, signal)).toMatchObject({
    problem: { code: 'EXT5001' },
  });
});
