import { execa } from 'execa';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { tarEntries } from '../../src/install/archive/tar.ts';
import { tgzOf } from '../support/engine/packages.ts';
import { temporaryFolder } from '../support/folder.ts';

interface Read {
  name: string;
  kind: string;
  mode: number;
  text: string;
}

/** Reads an archive in chunks of this size; entries in `skipped` are left unread. */
async function readAll(archive: Buffer, chunk: number, skipped?: RegExp): Promise<Read[]> {
  const chunks = Readable.from(
    Array.from({ length: Math.ceil(archive.length / chunk) }, (_, at) =>
      archive.subarray(at * chunk, (at + 1) * chunk),
    ),
  );
  const entries: Read[] = [];
  for await (const { name, kind, mode, content } of tarEntries(chunks as AsyncIterable<Buffer>)) {
    let text = '';
    if (skipped?.test(name) !== true) for await (const part of content) text += part.toString('latin1');
    entries.push({ name, kind, mode, text });
  }
  return entries;
}

test.each(['ustar', 'pax', 'gnu'])('reads what tar writes in the format %s', async (format) => {
  const folder = await temporaryFolder();
  const long = `package/${'folder/'.repeat(12)}${'n'.repeat(format === 'ustar' ? 60 : 160)}.txt`;
  const contents: Record<string, string> = {
    'package/empty': '',
    'package/run': '#!/bin/sh\n',
    'package/block': 'b'.repeat(512),
    [long]: 'c'.repeat(70_000),
  };
  for (const [name, text] of Object.entries(contents)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text, { mode: name.endsWith('run') ? 0o755 : 0o644 });
  }
  await execa('tar', ['--create', `--format=${format}`, '--file=a.tar', 'package'], { cwd: folder });
  const archive = await readFile(path.join(folder, 'a.tar'));
  for (const chunk of [7, 511, 513, 65_536]) {
    const entries = await readAll(archive, chunk);
    const files = entries.filter(({ kind }) => kind === 'file');
    expect(Object.fromEntries(files.map(({ name, text }) => [name, text]))).toEqual(contents);
    expect(files.filter(({ mode }) => mode === 0o755).map(({ name }) => name)).toEqual(['package/run']);
  }
  const skipped = await readAll(archive, 4096, /block|nnn/);
  expect(skipped.find(({ name }) => name === 'package/run')?.text).toBe(contents['package/run']);
});

test('names links and devices as something else than files', async () => {
  const files = ['1', '2', '3', '5', 'S'].map((type) => ({ name: `package/${type}`, text: '', type }));
  const entries = await readAll(gunzipSync(tgzOf(files)), 512);
  expect(entries.map(({ kind }) => kind)).toEqual(['other', 'other', 'other', 'folder', 'other']);
});

test('says what is wrong with a damaged archive', async () => {
  const archive = gunzipSync(tgzOf([{ name: 'package/a', text: 'x'.repeat(600) }]));
  const damaged = Buffer.from(archive);
  damaged.write('b', 0);
  await expect(readAll(damaged, 512)).rejects.toThrow('does not match its checksum');
  for (const length of [100, 512, 600, 1000])
    await expect(readAll(archive.subarray(0, length), 512)).rejects.toThrow('it ends in the middle');
  await expect(readAll(Buffer.alloc(0), 512)).rejects.toThrow('it ends in the middle');
});
