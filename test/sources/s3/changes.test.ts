import { readFileSync } from 'node:fs';
import { env } from 'node:process';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHyper } from '../../../src/hyper/index.ts';
import type { Fingerprint } from '../../../src/model/world/fingerprint.ts';
import type { FileLoad } from '../../../src/model/config/load-mode.ts';
import type { S3Source } from '../../../src/model/config/source.ts';
import type { ExtractPort } from '../../../src/model/ports/extract-port.ts';
import { openS3 } from '../../../src/sources/s3/index.ts';
import { applied, byFile, goneBytes, sorted } from '../../support/by-file.ts';
import { csv, hasty, sales, small, useLake } from './lake.ts';

const lake = useLake();
let extracts: ExtractPort;
beforeAll(() => {
  extracts = openHyper({ env });
});
afterAll(() => extracts.close());

const { signal } = new AbortController();
const tableOf = (onVanished?: FileLoad['onVanished'], template = '${file.key}') =>
  byFile(sales({ id: 'bigint' }), template, onVanished);

/** A table that goes on from the bucket: `next` reads what has changed since it was called last. */
function useTable(changes: Partial<S3Source> = {}, template = '${file.key}') {
  let before: Fingerprint | undefined;
  let rows: (string | null)[][] = [];
  const source = () => lake.source(changes);
  const open = () => openS3(source(), { patience: hasty, limits: small });
  return {
    get rows() {
      return rows;
    },
    get before() {
      return before;
    },
    all: () => lake.rows(source(), tableOf('keep', template)),
    async full() {
      const port = open();
      const one = tableOf('keep', template);
      const snapshot = await port.snapshot([one], signal);
      rows = await extracts.preview(one, await snapshot.feed(one, signal), 1_000_000, signal);
      before = snapshot.fingerprint(one);
      await snapshot.end();
      await port.close();
    },
    async next(
      onVanished?: FileLoad['onVanished'],
      during: () => Promise<unknown> = () => Promise.resolve(),
    ) {
      lake.control.requests.clear();
      const port = open();
      const one = tableOf(onVanished, template);
      const snapshot = await port.snapshot([one], signal);
      try {
        const found = await snapshot.changes!(one, { watermark: { columns: [] } }, before, signal);
        const gone = await goneBytes(found);
        await during();
        rows = await applied(extracts, one, rows, found);
        await snapshot.confirm(one, new AbortController().signal);
        before = snapshot.fingerprint(one);
        const gets = lake.control.requests.of('GetObject').map(({ key }) => key);
        return { parts: found.rows.parts.map(({ label }) => label), gone, read: [...new Set(gets)] };
      } finally {
        await snapshot.end();
        await port.close();
      }
    },
    async observe(onVanished: FileLoad['onVanished'], redefined = false) {
      const port = open();
      try {
        const request = { table: tableOf(onVanished), before, redefined };
        return (await port.observe([request], signal))[0]!.problems;
      } finally {
        await port.close();
      }
    },
  };
}

describe('objects since they were read last', () => {
  it('new and replaced ones are read in one COPY, and nothing of the others', async () => {
    for (const name of ['a', 'b', 'c']) await lake.put(`sales/${name}.csv`, `1${name.charCodeAt(0)}\n`);
    const one = useTable();
    await one.full();
    await lake.put('sales/b.csv', '2\n3\n');
    await lake.put('sales/c.csv', `1${'c'.charCodeAt(0)}\n`);
    await lake.put('sales/10.csv.gz', gzipSync('4\n'));
    await lake.put('sales/9.csv', '5\n');
    const read = ['sales/10.csv.gz', 'sales/9.csv', 'sales/b.csv'];
    expect(await one.next()).toEqual({
      parts: ['3 objects of s3://lake'],
      gone: 'sales/b.csv\nsales/10.csv.gz\nsales/9.csv\n',
      read,
    });
    expect(sorted(one.rows)).toEqual(sorted(await one.all()));
    expect(await one.next()).toEqual({ parts: [], gone: '', read: [] });
  });

  it('two of a thousand small ones', async () => {
    for (let index = 0; index < 1000; index++) await lake.put(`sales/${index}.csv`, `${index}\n`);
    const one = useTable();
    await one.full();
    expect(one.rows).toHaveLength(1000);
    await lake.put('sales/500.csv', '-500\n');
    await lake.put('sales/1000.csv', '1000\n');
    expect(await one.next()).toEqual({
      parts: ['2 objects of s3://lake'],
      gone: 'sales/500.csv\nsales/1000.csv\n',
      read: ['sales/1000.csv', 'sales/500.csv'],
    });
    expect(lake.control.requests.of('GetObject').every(({ conditions }) => 'if-match' in conditions)).toBe(
      true,
    );
    const wanted = Array.from({ length: 1001 }, (_, index) => [
      String(index === 500 ? -500 : index),
      `sales/${index}.csv`,
    ]);
    expect(sorted(one.rows)).toEqual(sorted(wanted));
    expect(one.before?.kind === 'objects' && Object.keys(one.before.objects)).toHaveLength(1001);
  });

  it('vanished ones are kept, and replaced when they are back', async () => {
    await lake.put('sales/a.csv', '1\n');
    await lake.put('sales/b.csv', '2\n');
    const one = useTable();
    await one.full();
    lake.control.delete('lake', 'sales/b.csv');
    expect(await one.observe('keep')).toEqual([]);
    expect(await one.next('keep')).toEqual({ parts: [], gone: '', read: [] });
    expect(one.rows).toHaveLength(2);
    expect(one.before?.kind === 'objects' && Object.keys(one.before.objects)).toEqual(['sales/a.csv']);
    await lake.put('sales/b.csv', '3\n');
    expect(await one.next('keep')).toMatchObject({ gone: 'sales/b.csv\n', read: ['sales/b.csv'] });
    expect(one.rows).toEqual([
      ['1', 'sales/a.csv'],
      ['3', 'sales/b.csv'],
    ]);
  });

  it('vanished ones are deleted, also where nothing is new', async () => {
    for (const name of ['a', 'b', 'c']) await lake.put(`sales/${name}.csv`, '1\n');
    const one = useTable({}, '${file.path}');
    await one.full();
    lake.control.delete('lake', 'sales/b.csv');
    lake.control.delete('lake', 'sales/c.csv');
    expect(await one.next('delete')).toEqual({
      parts: [],
      gone: 's3://lake/sales/b.csv\ns3://lake/sales/c.csv\n',
      read: [],
    });
    expect(one.rows).toEqual([['1', 's3://lake/sales/a.csv']]);
  });

  it('vanished ones are an error of the plan and of the run', async () => {
    const names = ['b', 'c', 'd', 'e'];
    for (const name of ['a', ...names]) await lake.put(`sales/${name}.csv`, '1\n');
    const one = useTable();
    await one.full();
    for (const name of names) lake.control.delete('lake', `sales/${name}.csv`);
    const problem = {
      code: 'EXT2118',
      message:
        '4 objects that table "sales" has rows of are gone: s3://lake/sales/b.csv, s3://lake/sales/c.csv, s3://lake/sales/d.csv and 1 more',
      place: { file: 'sales.yaml', pointer: '/tables/sales/load' },
    };
    expect(await one.observe('error')).toMatchObject([{ ...problem, severity: 'error' }]);
    expect(await one.observe('error', true)).toEqual([]);
    await expect(one.next('error')).rejects.toMatchObject(problem);
    for (const name of names) await lake.put(`sales/${name}.csv`, '1\n');
    expect(await one.next('error')).toEqual({ parts: [], gone: '', read: [] });
  });

  it('no object at all is an error, unless none are allowed', async () => {
    await lake.put('sales/a.csv', '1\n');
    const one = useTable();
    await one.full();
    lake.control.delete('lake', 'sales/a.csv');
    await expect(one.next('delete')).rejects.toMatchObject({ code: 'EXT2101' });
  });

  it('another bucket is nothing to go on from', async () => {
    await lake.put('sales/a.csv', '1\n');
    const one = useTable();
    await one.full();
    lake.control.createBucket('pond', {});
    await lake.control.put('pond', 'sales/a.csv', '1\n');
    const port = openS3(lake.source({ bucket: 'pond' }), { patience: hasty, limits: small });
    const table = tableOf();
    const snapshot = await port.snapshot([table], signal);
    await expect(
      snapshot.changes!(table, { watermark: { columns: [] } }, one.before, signal),
    ).rejects.toThrow('cannot go on by file');
    await snapshot.end();
    await port.close();
  });

  it('an object that is replaced while it is read is an error; one that is not read waits for the next', async () => {
    await lake.put('sales/a.csv', '1\n');
    const one = useTable();
    await one.full();
    await lake.put('sales/b.csv', '2\n');
    await expect(one.next('keep', () => lake.put('sales/b.csv', '3\n'))).rejects.toMatchObject({
      code: 'EXT2206',
    });
    await one.next('keep', () => lake.put('sales/a.csv', '4\n'));
    expect(await one.next()).toMatchObject({ gone: 'sales/a.csv\n', read: ['sales/a.csv'] });
    expect(sorted(one.rows)).toEqual(sorted(await one.all()));
  });
});

describe('the keys in the column are those that are deleted', () => {
  const names = ['tab\there', 'back\\slash\\N', 'quote"s\'', 'ä日😀', '\\.', ' blank +%20', '\u0001'];

  it.each<[string, Partial<S3Source>, (id: number) => string | Buffer, string]>([
    ['CSV', {}, (id) => `${id}\n`, '.csv'],
    ['gzip', {}, (id) => gzipSync(`${id}\n`), '.csv.gz'],
    [
      'text',
      { format: { ...csv, type: 'text', delimiter: '\t', nulls: ['\\N'] } },
      (id) => `${id}\n`,
      '.txt',
    ],
  ])('%s', async (_, changes, body, ending) => {
    for (const name of names) await lake.put(`sales/${name}${ending}`, body(1));
    const one = useTable(changes);
    await one.full();
    expect(one.rows.map(([, key]) => key).sort()).toEqual(
      names.map((name) => `sales/${name}${ending}`).sort(),
    );
    for (const name of names) await lake.put(`sales/${name}${ending}`, body(100));
    const { gone } = await one.next();
    expect(gone.split('\n')).toContain(`sales/back\\\\slash\\\\N${ending}`);
    expect(gone.split('\n')).toContain(`sales/tab\\there${ending}`);
    expect(one.rows.map(([id]) => id)).toEqual(names.map(() => '100'));
  });

  it('Parquet', async () => {
    const body = readFileSync(new URL('../parquet/fixtures/row_groups.parquet', import.meta.url));
    for (const name of names) await lake.put(`sales/${name}`, body);
    const one = useTable({ format: { type: 'parquet' } });
    await one.full();
    lake.control.delete('lake', `sales/${names[0]!}`);
    await lake.put('sales/new', body);
    expect(await one.next('delete')).toEqual({
      parts: ['s3://lake/sales/new'],
      gone: 'sales/new\nsales/tab\\there\n',
      read: ['sales/new'],
    });
    expect(one.rows).toHaveLength(10 * names.length);
    expect(sorted(one.rows)).toEqual(sorted(await one.all()));
  });
});
