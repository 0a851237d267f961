import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createContentStore, joinContents } from '../src/content.ts';
import type { ContentStore } from '../src/content.ts';

let folder: string;
let store: ContentStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'content-test-'));
  vi.stubEnv('TMPDIR', folder);
  store = createContentStore();
});
afterEach(async () => {
  await store.close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function filesKept(): Promise<number> {
  return (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    .length;
}

async function drain(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(Buffer.from(chunk));
  return Buffer.concat(all);
}

it('what a reader has asked for stays until it is read, although the object is gone before that', async () => {
  const bytes = randomBytes(2_000_000);
  const content = await store.hold(bytes);
  const reading = content.read();
  content.release();
  // A removal that were under way would be done after some file operations behind it.
  for (let times = 0; times < 5; times++) expect(await filesKept()).toBe(1);
  expect((await drain(reading)).equals(bytes)).toBe(true);
  await vi.waitFor(async () => expect(await filesKept()).toBe(0), 30_000);
});

it('any range is the same from memory, from disk, generated, and over joined parts', async () => {
  const bytes = randomBytes(1_500_000);
  const generate = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const contents = [
    await store.hold(bytes),
    await store.hold({ size: bytes.length, generate }),
    joinContents([await store.hold(bytes.subarray(0, 700_000)), await store.hold(bytes.subarray(700_000))]),
  ];
  for (const [offset, length] of [
    [0, bytes.length],
    [699_999, 2],
    [700_000, 1],
    [1_499_999, 1],
    [250_000, 1_000_000],
  ] as const) {
    for (const content of contents) {
      expect((await drain(content.read(offset, length))).equals(generate(offset, length))).toBe(true);
    }
  }
});
