import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { env } from 'node:process';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfirmed } from '../../../src/apply/steps/read-confirmed.ts';
import { openHyper } from '../../../src/hyper/index.ts';
import type { Fingerprint } from '../../../src/model/world/fingerprint.ts';
import type { CsvFormat, FileSource } from '../../../src/model/config/source.ts';
import type { FileLoad } from '../../../src/model/config/load-mode.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import { RunError } from '../../../src/model/errors/run-error.ts';
import type { ExtractPort } from '../../../src/model/ports/extract-port.ts';
import { openFiles } from '../../../src/sources/file/index.ts';
import { applied, byFile, goneBytes, sorted } from '../../support/by-file.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { table } from '../../support/pipelines.ts';

let extracts: ExtractPort;
beforeAll(() => {
  extracts = openHyper({ env });
});
afterAll(() => extracts.close());

const csv: CsvFormat = {
  type: 'csv',
  delimiter: ',',
  quote: '"',
  escape: '"',
  header: true,
  nulls: [''],
  encoding: 'utf-8',
  dateOrder: 'MDY',
  compression: 'by-name',
};

const { signal } = new AbortController();

/** A folder of files that a table goes on from: `next` reads what has changed since it was called last. */
async function useFiles(files: Record<string, string | Buffer>, changes: Partial<FileSource> = {}) {
  const base = await temporaryFolder();
  const source: FileSource = {
    type: 'file',
    place: { file: 'sales.yaml', pointer: '/sources/files' },
    match: ['data/*'],
    base,
    exclude: [],
    minFiles: 1,
    format: csv,
    ...changes,
  };
  const at = (name: string) => path.join(base, 'data', name);
  const write = (name: string, body: string | Buffer) => writeFile(at(name), body);
  await mkdir(at(''));
  for (const [name, body] of Object.entries(files)) await write(name, body);
  const of = (onVanished?: FileLoad['onVanished']) =>
    byFile(table('sales', { id: 'bigint' }), '${file.path}', onVanished);
  let before: Fingerprint | undefined;
  let rows: (string | null)[][] = [];
  const whole = async (one: Table) => {
    const snapshot = await openFiles(source).snapshot([one], signal);
    const found = await extracts.preview(one, await snapshot.feed(one, signal), 1_000_000, signal);
    await snapshot.confirm(one, new AbortController().signal);
    const fingerprint = snapshot.fingerprint(one);
    await snapshot.end();
    return { found, fingerprint };
  };
  return {
    source,
    at,
    write,
    remove: (name: string) => rm(at(name)),
    touch: (name: string) => utimes(at(name), 1_800_000_000, 1_800_000_000),
    of,
    whole,
    get rows() {
      return rows;
    },
    get before() {
      return before;
    },
    async full() {
      const { found, fingerprint } = await whole(of());
      rows = found;
      before = fingerprint;
    },
    async next(
      onVanished?: FileLoad['onVanished'],
      during: () => Promise<unknown> = () => Promise.resolve(),
    ) {
      const one = of(onVanished);
      const snapshot = await openFiles(source).snapshot([one], signal);
      try {
        const increment = { watermark: { columns: [] } };
        const found = await snapshot.changes!(one, increment, before, signal);
        const gone = await goneBytes(found);
        rows = await applied(extracts, one, rows, found);
        await during();
        await snapshot.confirm(one, new AbortController().signal);
        before = snapshot.fingerprint(one);
        return { read: found.rows.parts.map(({ label }) => label), gone };
      } finally {
        await snapshot.end();
      }
    },
    async observe(onVanished: FileLoad['onVanished'], redefined = false) {
      const [seen] = await openFiles(source).observe([{ table: of(onVanished), before, redefined }], signal);
      return seen!.problems;
    },
  };
}

describe('files since they were read last', () => {
  it('new and replaced ones are read, rows of the latter and of names that may be back are deleted', async () => {
    const files = await useFiles({ 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n', 'c.csv': 'id\n3\n' });
    await files.full();
    await files.write('b.csv', 'id\n20\n21\n');
    await files.write('10.csv', 'id\n4\n');
    await files.write('9.csv', 'id\n5\n');
    expect(await files.next()).toEqual({
      read: ['data/10.csv', 'data/9.csv', 'data/b.csv'],
      gone: 'data/b.csv\ndata/10.csv\ndata/9.csv\n',
    });
    const { found, fingerprint } = await files.whole(files.of());
    expect(sorted(files.rows)).toEqual(sorted(found));
    expect(files.before).toEqual(fingerprint);
    expect(await files.next()).toEqual({ read: [], gone: '' });
  });

  it('one that was only touched is not read, and its new time is remembered', async () => {
    const files = await useFiles({ 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n' });
    await files.full();
    await files.touch('a.csv');
    await files.write('b.csv', 'id\n3\n');
    expect(await files.next()).toEqual({ read: ['data/b.csv'], gone: 'data/b.csv\n' });
    expect(files.rows).toEqual([
      ['1', 'data/a.csv'],
      ['3', 'data/b.csv'],
    ]);
    expect(files.before).toEqual((await files.whole(files.of())).fingerprint);
  });

  it('vanished ones are kept, and replaced when they are back', async () => {
    const files = await useFiles({ 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n' });
    await files.full();
    await files.remove('b.csv');
    expect(await files.observe('keep')).toEqual([]);
    expect(await files.next('keep')).toEqual({ read: [], gone: '' });
    expect(files.rows).toHaveLength(2);
    expect(files.before?.kind === 'files' && Object.keys(files.before.files)).toEqual(['data/a.csv']);
    await files.write('b.csv', 'id\n20\n');
    expect(await files.next('keep')).toEqual({ read: ['data/b.csv'], gone: 'data/b.csv\n' });
    expect(files.rows).toEqual([
      ['1', 'data/a.csv'],
      ['20', 'data/b.csv'],
    ]);
  });

  it('vanished ones are deleted, also where nothing is new', async () => {
    const files = await useFiles({ 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n', 'c.csv': 'id\n3\n' });
    await files.full();
    await files.remove('b.csv');
    await files.remove('c.csv');
    expect(await files.observe('delete')).toEqual([]);
    expect(await files.next('delete')).toEqual({ read: [], gone: 'data/b.csv\ndata/c.csv\n' });
    expect(files.rows).toEqual([['1', 'data/a.csv']]);
  });

  it('vanished ones are an error of the plan and of the run', async () => {
    const names = ['b', 'c', 'd', 'e', 'f'];
    const files = await useFiles({
      'a.csv': 'id\n1\n',
      ...Object.fromEntries(names.map((name) => [`${name}.csv`, 'id\n2\n'])),
    });
    await files.full();
    await files.remove('b.csv');
    const [problem, ...others] = await files.observe('error');
    expect(others).toEqual([]);
    expect(problem).toEqual({
      code: 'EXT2118',
      severity: 'error',
      message: '1 file that table "sales" has rows of is gone: data/b.csv',
      hint: 'put back what is missing, or say what becomes of its rows: on_vanished: keep or delete',
      place: { file: 'sales.yaml', pointer: '/tables/sales/load' },
    });
    expect(await files.observe('error', true)).toEqual([]);
    for (const name of names.slice(1)) await files.remove(`${name}.csv`);
    await expect(files.next('error')).rejects.toMatchObject({
      code: 'EXT2118',
      message:
        '5 files that table "sales" has rows of are gone: data/b.csv, data/c.csv, data/d.csv and 2 more',
      place: problem!.place,
      hint: problem!.hint,
    });
  });

  it('no file at all is an error, however vanished ones are treated, unless none are allowed', async () => {
    const files = await useFiles({ 'a.csv': 'id\n1\n' });
    await files.full();
    await files.remove('a.csv');
    await expect(files.next('delete')).rejects.toMatchObject({ code: 'EXT2101' });
    await expect(files.next('keep')).rejects.toMatchObject({ code: 'EXT2101' });
    Object.assign(files.source, { minFiles: 0 });
    expect(await files.next('delete')).toEqual({ read: [], gone: 'data/a.csv\n' });
    expect(files.rows).toEqual([]);
  });

  it('a file that changes while it is read explains what is wrong with its rows, and nothing else', async () => {
    const files = await useFiles({ 'a.csv': 'id\n1\n' });
    const read = async (code: string, meanwhile: () => Promise<void>) => {
      const snapshot = await openFiles(files.source).snapshot([files.of()], signal);
      const failing = readConfirmed(snapshot, files.of(), signal, async () => {
        await snapshot.feed(files.of(), signal);
        await meanwhile();
        throw new RunError(code, 'it failed');
      });
      return failing.finally(() => snapshot.end());
    };
    const nothing = () => Promise.resolve();
    const change = () => files.write('a.csv', 'id\n1\n2\n');
    const changed = { code: 'EXT2104', message: 'data/a.csv was changed while it was read' };
    await expect(read('EXT3010', nothing)).rejects.toMatchObject({ code: 'EXT3010' });
    await expect(read('EXT3010', change)).rejects.toMatchObject(changed);
    await expect(read('EXT2103', () => files.touch('a.csv'))).rejects.toMatchObject(changed);
    await expect(read('EXT3004', () => files.write('a.csv', 'id\n'))).rejects.toMatchObject({
      code: 'EXT3004',
    });
  });

  it('what was applied from elsewhere is nothing to go on from', async () => {
    const files = await useFiles({ 'a.csv': 'id\n1\n' });
    await expect(files.next()).rejects.toThrow('table "sales" cannot go on by file from what was applied');
  });

  it('a file that changes while it is read fails the load; one that is not read waits for the next', async () => {
    const files = await useFiles({ 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n' });
    await files.full();
    await files.write('b.csv', 'id\n3\n4\n');
    await expect(files.next('keep', () => files.write('b.csv', 'id\n'))).rejects.toMatchObject({
      code: 'EXT2104',
    });
    await files.full();
    await files.write('b.csv', 'id\n5\n');
    await files.next('keep', () => files.write('a.csv', 'id\n6\n'));
    expect(await files.next()).toEqual({ read: ['data/a.csv'], gone: 'data/a.csv\n' });
    expect(sorted(files.rows)).toEqual(sorted((await files.whole(files.of())).found));
  });
});

describe('the names in the column are those that are deleted', () => {
  const names = [
    'tab\there',
    'back\\slash\\N',
    'quote"s\'',
    'line\nbreak',
    'return\r',
    'ä日😀',
    '\\.',
    ' blank ',
  ];

  it.each<[string, string, (id: number) => string | Buffer, Partial<CsvFormat>]>([
    ['CSV', '.csv', (id) => `id\n${id}\n`, {}],
    ['gzip', '.csv.gz', (id) => gzipSync(`id\n${id}\n`), {}],
    ['text', '.txt', (id) => `${id}\n`, { type: 'text', delimiter: '\t', nulls: ['\\N'], header: false }],
  ])('%s', async (_, ending, body, format) => {
    const all = Object.fromEntries(names.map((name, index) => [`${name}${ending}`, body(index)]));
    const files = await useFiles(all, { format: { ...csv, ...format } });
    await files.full();
    expect(files.rows.map(([, file]) => file).sort()).toEqual(
      names.map((name) => `data/${name}${ending}`).sort(),
    );
    for (const name of names) await files.write(`${name}${ending}`, body(100));
    const { read, gone } = await files.next();
    expect(read).toHaveLength(names.length);
    expect(gone.split('\n')).toContain(`data/back\\\\slash\\\\N${ending}`);
    expect(gone.split('\n')).toContain(`data/tab\\there${ending}`);
    expect(files.rows.map(([id]) => id)).toEqual(names.map(() => '100'));
  });

  it('Parquet', async () => {
    const fixture = (name: string) =>
      readFile(new URL(`../parquet/fixtures/${name}.parquet`, import.meta.url));
    const body = await fixture('row_groups');
    const all = Object.fromEntries(names.map((name) => [name, body]));
    const files = await useFiles(all, { format: { type: 'parquet' } });
    await files.full();
    expect(files.rows).toHaveLength(10 * names.length);
    await files.remove(names[0]!);
    await files.write('new', body);
    expect(await files.next('delete')).toEqual({ read: ['data/new'], gone: 'data/new\ndata/tab\\there\n' });
    expect(files.rows).toHaveLength(10 * names.length);
    expect(sorted(files.rows)).toEqual(sorted((await files.whole(files.of())).found));
  });
});
