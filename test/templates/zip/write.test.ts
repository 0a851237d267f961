import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from '../../../src/templates/zip/pack.ts';
import {
  centralHeader,
  endRecords,
  localHeader,
  needsZip64,
  zip64Numbers,
} from '../../../src/templates/zip/records.ts';
import type { Header } from '../../../src/templates/zip/records.ts';
import { writeZip } from '../../../src/templates/zip/write.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'extracts-write-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const bytes = Buffer.from('some bytes');

describe('writing an archive', () => {
  it('reports why the disk refused, at every level', async () => {
    const path = join(folder, 'read-only');
    writeFileSync(path, bytes);
    for (const compression of ['store', 'fast', 'best'] as const) {
      for (const source of [
        { bytes, size: bytes.length },
        { path, size: bytes.length },
      ]) {
        const file = await open(path, 'r');
        await expect(pack(source, { file, at: 0 }, { compression, signal: undefined })).rejects.toMatchObject(
          { code: 'EBADF' },
        );
        await file.close();
      }
    }
  });

  it('notices a source that grew or shrank', async () => {
    const path = join(folder, 'source');
    writeFileSync(path, bytes);
    const target = join(folder, 'changed.zip');
    const parts = [{ kind: 'add' as const, name: 'a', source: { path, size: 9 } }];
    await expect(writeZip({ target, parts, compression: 'store' })).rejects.toMatchObject({
      code: 'EXT4005',
    });
    expect(readdirSync(folder).filter((name) => name.includes('changed'))).toEqual([]);
  });

  it('leaves nothing behind when what it wrote does not please, or cannot be put in place', async () => {
    const own = mkdtempSync(join(folder, 'own-'));
    const target = join(own, 'a.zip');
    const order = { target, parts: [], compression: 'fast' as const };
    const verify = () => Promise.reject(new Error('no'));
    await expect(writeZip({ ...order, verify })).rejects.toThrow('no');
    await expect(writeZip({ ...order, target: join(import.meta.filename, 'a.zip') })).rejects.toMatchObject({
      code: 'EXT4006',
    });
    await expect(writeZip({ ...order, target: folder })).rejects.toMatchObject({ code: 'EXT4006' });
    expect(readdirSync(own)).toEqual([]);
    expect(readdirSync(join(folder, '..')).filter((name) => name.includes('.draft-'))).toEqual([]);
  });
});

describe('records', () => {
  const header: Header = {
    versionMadeBy: 20,
    versionNeeded: 20,
    flags: 0,
    method: 0,
    time: 0,
    date: 33,
    crc32: 1,
    compressedSize: 5,
    size: 6,
    internalAttributes: 0,
    externalAttributes: 0,
    rawName: Buffer.from('n'),
    extra: Buffer.alloc(0),
    comment: Buffer.alloc(0),
  };
  const gib = 1024 ** 3;

  it('have 64-bit numbers from 4 GiB on, in local header, directory and end', () => {
    expect([needsZip64(3.9 * gib), needsZip64(4 * gib - 1), needsZip64(4 * gib)]).toEqual([
      false,
      true,
      true,
    ]);
    const large = { ...header, size: 5 * gib, compressedSize: 5 * gib };
    expect(localHeader(large, header.extra, true).readUInt32LE(18)).toBe(0xffff_ffff);
    expect(zip64Numbers(localHeader(large, header.extra, true).subarray(31))).toEqual([5 * gib, 5 * gib]);
    expect(zip64Numbers(centralHeader(large, 6 * gib, true).subarray(47))).toEqual([
      5 * gib,
      5 * gib,
      6 * gib,
    ]);
    expect(zip64Numbers(centralHeader(header, 6 * gib, false).subarray(47))).toEqual([6 * gib]);
    expect(zip64Numbers(centralHeader(header, 1, false).subarray(47))).toEqual([]);
    expect(endRecords(1, 10, 6 * gib, Buffer.alloc(0))).toHaveLength(56 + 20 + 22);
    expect(endRecords(70_000, 10, 10, Buffer.alloc(0))).toHaveLength(56 + 20 + 22);
    expect(endRecords(1, 10, 10, Buffer.from('c'))).toHaveLength(23);
  });

  it('have room for sizes that are known only later', () => {
    const blank = { ...header, size: 0, compressedSize: 0 };
    for (const wide of [false, true]) {
      expect(localHeader(blank, header.extra, wide)).toHaveLength(
        localHeader(header, header.extra, wide).length,
      );
    }
  });
});
