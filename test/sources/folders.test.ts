import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { listFolders } from '../../src/sources/file/folders.ts';
import { openS3 } from '../../src/sources/s3/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { useLake } from './s3/lake.ts';

vi.setConfig({ testTimeout: 60_000 });

const place = { file: 'portal.yaml', pointer: '/for_each' };
const { signal } = new AbortController();
const sorted = <T extends { name: string }>(found: readonly T[]) =>
  found.toSorted((one, other) => (one.name < other.name ? -1 : 1));

describe('folders of this machine', () => {
  const list = async (holder: string, root = path.dirname(holder)) =>
    sorted(await listFolders({ path: holder, shown: 'uploads', place, readable: { root } }, signal));

  it('are listed with any name, and files beside them are not', async () => {
    const root = await temporaryFolder();
    const names = ['acme', 'a b ', '.hidden', '50%', '\u00e9', 'e\u0301', '-x', '..a'];
    for (const name of names) await mkdir(path.join(root, 'uploads', name), { recursive: true });
    await writeFile(path.join(root, 'uploads', 'readme.txt'), '');
    expect(await list(path.join(root, 'uploads'))).toEqual(sorted(names.map((name) => ({ name }))));
  });

  it('a link is the folder that it leads to; one that may not be followed is there with its reason', async () => {
    const root = await temporaryFolder();
    const outside = await temporaryFolder();
    await mkdir(path.join(root, 'uploads'));
    await writeFile(path.join(root, 'a.txt'), '');
    const link = (name: string, to: string) => symlink(to, path.join(root, 'uploads', name));
    await link('elsewhere', outside);
    await link('gone', path.join(root, 'nothing'));
    await link('kernel', '/proc/self');
    await link('file', path.join(root, 'a.txt'));
    expect(await list(path.join(root, 'uploads'))).toEqual([
      { name: 'elsewhere' },
      { name: 'gone', refused: expect.stringContaining('a link that cannot be followed') as string },
      { name: 'kernel', refused: 'it is not read: it shows the processes of this machine' },
    ]);
    const strict = { root, onlyProject: true };
    const wanted = { path: path.join(root, 'uploads'), shown: 'uploads', place, readable: strict };
    expect(sorted(await listFolders(wanted, signal))[0]).toEqual({
      name: 'elsewhere',
      refused: 'it is not read: it is outside of the project',
    });
  });

  it('a name that is no UTF-8 is there with its reason', async () => {
    const root = await temporaryFolder();
    await mkdir(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x61, 0xff])]));
    expect(await list(root)).toEqual([{ name: 'a\ufffd', refused: 'its name is not UTF-8' }]);
  });

  it('what is no folder, or is not there, is an error with a remedy', async () => {
    const root = await temporaryFolder();
    await expect(list(path.join(root, 'uploads'))).rejects.toThrow('there is no folder uploads');
    await writeFile(path.join(root, 'uploads'), '');
    await expect(list(path.join(root, 'uploads'))).rejects.toThrow('uploads is no folder');
    await rm(path.join(root, 'uploads'));
    await symlink(path.join(root, 'uploads'), path.join(root, 'uploads'));
    await expect(list(path.join(root, 'uploads'))).rejects.toThrow('the folders in uploads cannot be listed');
  });
});

describe('folders of a bucket', () => {
  const lake = useLake();
  const list = async (more: { under?: string; limit?: number; names?: string[] } = {}) => {
    const port = openS3(lake.source());
    try {
      const found = await port.folders?.({ under: 'portal/', limit: 20_000, place, ...more }, signal);
      return (found ?? []).map(({ name }) => name);
    } finally {
      await port.close();
    }
  };

  it('are what keys have in common up to the next slash, with any name', async () => {
    const names = [
      'acme',
      'a b ',
      'a+b',
      '.hidden',
      '50%',
      '%20',
      '\u00e9',
      'e\u0301',
      '..',
      '',
      'x&<>"',
      '日本',
    ];
    for (const name of names) void lake.put(`portal/${name}/d.csv`, '1');
    void lake.put('portal/readme.txt', '1');
    void lake.put('portal/', '');
    void lake.put('portal-old/acme/d.csv', '1');
    expect((await list()).sort()).toEqual(names.sort());
    expect(await list({ under: '' })).toEqual(['portal-old', 'portal']);
  });

  it('a key of 1,024 bytes has a folder like any other', async () => {
    const long = 'n'.repeat(1024 - 'portal//d'.length);
    void lake.put(`portal/${long}/d`, '1');
    expect(await list()).toEqual([long]);
  });

  it('are listed page by page, as far as they are wanted', async () => {
    for (let index = 0; index < 10_000; index++) void lake.put(`portal/${index}/d`, '1');
    expect(new Set(await list()).size).toBe(10_000);
    expect(lake.control.requests.entries().length).toBe(10);
    lake.control.requests.clear();
    expect(await list({ limit: 1001 })).toHaveLength(1001);
    expect(lake.control.requests.entries().length).toBe(2);
  });

  it('some are asked for alone, and only as they are spelled', async () => {
    for (const name of ['acme', 'acme2', 'Other Inc', 'é']) void lake.put(`portal/${name}/d`, '1');
    expect(await list({ names: ['Other Inc', 'acme', 'ACME', 'gone', 'é'] })).toEqual([
      'Other Inc',
      'acme',
      'é',
    ]);
    expect(lake.control.requests.entries()).toHaveLength(5);
  });

  it('a bucket that is not there is an error at its place', async () => {
    const port = openS3(lake.source({ bucket: 'nowhere' }));
    const asked = port.folders?.({ under: 'portal/', limit: 10, place }, signal);
    await expect(asked).rejects.toMatchObject({ code: 'EXT2205' });
    await port.close();
  });
});
