import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { writeCsvFiles } from './index.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'extracts-superstore-'));
  onTestFinished(() => rm(directory, { recursive: true }));
});

const paths = [
  'orders.csv',
  'returns.csv',
  'people.csv',
  'orders/orders_2023.csv',
  'orders/orders_2024.csv',
  'orders/orders_2025.csv.gz',
];

/** Hashes of the uncompressed bytes: zlib may compress differently from one version to the next. */
const golden = {
  'orders.csv': 'bfb7ee72c26085002e8fab0dd97ad1b9471329f57eaab474079d5f01d17d221b',
  'returns.csv': 'c38fb5273d3cdcca9add9a9d6eab5e8e0f91c6f22d7d13e5abcaa9ec75611b7d',
  'people.csv': '96e0efb4b6a0a0d4d3bc7dd535a8f35bde7812efe32ba3fbef20b0a24e00f665',
  'orders/orders_2023.csv': 'c66dc01402670df37cee8c5ffc3d68fe2e0381a1313375b9a0d0abaa6273257c',
  'orders/orders_2024.csv': '3990bdf9bece01d397d16e22865a146411b3834c4173bc41ac205e1a82b41338',
  'orders/orders_2025.csv.gz': '3d6e9c1d407dbc157cab129b7005fd2deecdcf662f0cc59b81057b51a9ddcea4',
};

it('writes the same bytes on every machine', async () => {
  await writeCsvFiles(directory, 0.01);
  expect(await digests()).toEqual(golden);
});

it('writes the same bytes in any time zone and locale', async () => {
  const script = join(import.meta.dirname, 'main.ts');
  const env = { ...process.env, TZ: 'Pacific/Apia', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' };
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', script, directory, '--scale', '0.01'],
    { env },
  );
  expect({ stdout, stderr }).toEqual({
    stdout: `sample data in ${directory}: 6 files, 6 written\n`,
    stderr: '',
  });
  expect(await digests()).toEqual(golden);
});

it('holds all orders once more in a file for each year', async () => {
  await writeCsvFiles(directory, 0.1);
  const [whole, , , ...parts] = await Promise.all(paths.map(read));
  const header = /^.*\n/.exec(whole!)![0];
  expect(parts.every((part) => part.startsWith(header))).toBe(true);
  expect(header + parts.map((part) => part.slice(header.length)).join('')).toBe(whole);
});

it('leaves files alone that hold the same already, and replaces the others whole', async () => {
  expect(await writeCsvFiles(directory, 0.01)).toEqual(paths.map((path) => ({ path, changed: true })));
  const before = await inodes();
  await appendFile(join(directory, 'people.csv'), 'someone,North\n');

  const changes = await writeCsvFiles(directory, 0.01);
  expect(changes.filter(({ changed }) => changed)).toEqual([{ path: 'people.csv', changed: true }]);
  const after = await inodes();
  expect(paths.filter((_, index) => after[index] !== before[index])).toEqual(['people.csv']);
  expect(await digests()).toEqual(golden);
});

it('leaves no temporary file behind', async () => {
  await writeCsvFiles(directory, 0.01);
  const files = await readdir(directory, { recursive: true });
  expect(files.sort()).toEqual(['orders', ...paths].sort());
});

async function digests(): Promise<Record<string, string>> {
  const texts = await Promise.all(paths.map(read));
  return Object.fromEntries<string>(
    texts.map((text, index) => [paths[index]!, createHash('sha256').update(text).digest('hex')]),
  );
}

async function read(path: string): Promise<string> {
  const bytes = await readFile(join(directory, path));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** A replaced file has another inode or modification time. */
function inodes(): Promise<string[]> {
  return Promise.all(
    paths.map(async (path) => {
      const { ino, mtimeNs } = await stat(join(directory, path), { bigint: true });
      return `${ino} ${mtimeNs}`;
    }),
  );
}
