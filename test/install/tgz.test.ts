import { execa } from 'execa';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { unpackFromTgz } from '../../src/install/archive/tgz.ts';
import { tgzOf } from '../support/engine/packages.ts';
import { temporaryFolder } from '../support/folder.ts';

/** Unpacks an archive, and returns the names and contents of the files that this makes. */
async function unpack(archive: Buffer, signal = new AbortController().signal) {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'a.tgz');
  const to = path.join(folder, 'engine');
  await writeFile(file, archive);
  await mkdir(to);
  const names = await unpackFromTgz({ file, shown: 'a.tgz', to, signal });
  expect((await readdir(to)).sort()).toEqual([...names].sort());
  const read = async (name: string) => [name, await readFile(path.join(to, name), 'utf8')] as const;
  return { to, contents: Object.fromEntries(await Promise.all(names.map(read))) };
}

test.each(['ustar', 'pax', 'gnu'])('unpacks what tar writes in the format %s', async (format) => {
  const folder = await temporaryFolder();
  // Names and prefixes that do not fit into a header, and contents around the size of a block.
  const long = format === 'ustar' ? 60 : 160;
  const wanted: Record<string, string> = {
    [`${'folder/'.repeat(12)}hyper/${'n'.repeat(long)}`]: 'c'.repeat(70_000),
    'package/hyperd': '#!/bin/sh\n',
    'package/LICENSE': '',
    'package/hyper/block': 'b'.repeat(512),
  };
  const files = { 'package/a': 'skipped'.repeat(10_000), ...wanted, 'package/z': 'skipped' };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  await execa(
    'tar',
    [
      '--create',
      '--gzip',
      `--format=${format}`,
      '--file=a.tgz',
      'package',
      ...Object.keys(wanted).slice(0, 1),
    ],
    { cwd: folder },
  );
  const { to, contents } = await unpack(await readFile(path.join(folder, 'a.tgz')));
  expect(contents).toEqual(
    Object.fromEntries(Object.entries(wanted).map(([name, text]) => [path.basename(name), text])),
  );
  expect((await stat(path.join(to, 'hyperd'))).mode & 0o777).toBe(0o755);
});

test.each(['1', '2', '3', '4', '6', 'S'])('refuses links and devices (type %s)', async (type) => {
  const folder = { name: 'package/', text: '', type: '5' };
  await expect(unpack(tgzOf([folder, { name: 'package/hyperd', text: '', type }]))).rejects.toThrow(
    'a.tgz cannot be used: its entry "package/hyperd" is no file',
  );
});

test('says what is wrong with a damaged archive', async () => {
  const archive = gunzipSync(tgzOf([{ name: 'package/hyperd', text: 'x'.repeat(600) }]));
  const damaged = Buffer.from(archive);
  damaged.write('b', 0);
  await expect(unpack(gzipSync(damaged))).rejects.toThrow('a.tgz cannot be used: Invalid tar header');
  for (const length of [100, 512, 600, 1000])
    await expect(unpack(gzipSync(archive.subarray(0, length)))).rejects.toThrow(
      'a.tgz cannot be used: Unexpected end of data',
    );
  expect((await unpack(gzipSync(Buffer.alloc(0)))).contents).toEqual({});
});

test('refuses a size beyond any engine before it writes, and one that is no number', async () => {
  for (const [size, why] of [
    ['77777777777', 'it is larger than any engine'],
    ['x'.repeat(11), 'Invalid header'],
  ] as const) {
    const archive = gunzipSync(tgzOf([{ name: 'package/hyperd', text: 'x' }]));
    archive.write(size, 124, 'latin1');
    archive.write(' '.repeat(8), 148, 'latin1');
    const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    await expect(unpack(gzipSync(archive))).rejects.toThrow(`a.tgz cannot be used: ${why}`);
  }
});

test('stops when it is told to', async () => {
  const archive = tgzOf([{ name: 'package/hyperd', text: 'x'.repeat(1e7) }]);
  await expect(unpack(archive, AbortSignal.abort(new Error('interrupted')))).rejects.toThrow('interrupted');
  const later = new AbortController();
  setImmediate(() => {
    later.abort(new Error('interrupted'));
  });
  await expect(unpack(archive, later.signal)).rejects.toThrow('interrupted');
});
