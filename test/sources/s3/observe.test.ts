import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { S3Access } from '../../../src/model/config/source.ts';
import { openS3 } from '../../../src/sources/s3/index.ts';
import { prefixesOf } from '../../../src/sources/s3/list.ts';
import { footerOf, parquetFile } from '../parquet/support/write.ts';
import { csv, hasty, sales, small, useLake } from './lake.ts';

const lake = useLake();
const table = sales({ id: 'int', name: 'text' });

async function observe(source = lake.source(), told: string[] = [], wanted = table) {
  const port = openS3(source, { patience: hasty, limits: small });
  try {
    const request = { table: wanted, before: undefined, redefined: true };
    return (await port.observe([request], new AbortController().signal, (text) => void told.push(text)))[0]!;
  } finally {
    await port.close();
  }
}

describe('a listing', () => {
  it('of 2,500 keys, 1,200 of them matching, takes three pages of the literal prefix', async () => {
    for (let index = 0; index < 1200; index++)
      await lake.put(`sales/2026/${index % 12}/sales_${index}.csv`, '1,a\n');
    for (let index = 0; index < 1100; index++)
      await lake.put(`sales/2026/${index % 12}/other_${index}.csv`, '1,a\n');
    for (let index = 0; index < 200; index++) await lake.put(`sales/2026/_tmp/sales_${index}.csv`, '1,a\n');
    await lake.put('elsewhere/sales_1.csv', '1,a\n');
    const source = lake.source({ match: ['sales/2026/**/sales_*.csv'], exclude: ['**/_tmp/**'] });
    const seen = await observe(source);
    expect(seen.problems).toEqual([]);
    expect(seen.bytes).toEqual({ value: 4800, exact: true });
    expect(seen.fingerprint.kind === 'objects' && Object.keys(seen.fingerprint.objects)).toHaveLength(1200);
    const pages = lake.control.requests.of('ListObjectsV2');
    expect(pages.map(({ query }) => query.prefix)).toEqual(['sales/2026/', 'sales/2026/', 'sales/2026/']);
    expect(lake.control.requests.of('GetObject')).toEqual([]);
    expect(await lake.load(source, table)).toMatchObject({ rows: 1200 });
  });

  it('reports progress every 10,000 keys, and survives SlowDown', async () => {
    for (let index = 0; index < 10_500; index++) await lake.put(`sales/${index}.csv`, '');
    lake.control.faults.add({ operation: 'ListObjectsV2', nth: 3, act: { kind: 'error', code: 'SlowDown' } });
    const told: string[] = [];
    await observe(lake.source(), told);
    expect(told).toEqual(['s3://lake/sales/: 10 000 keys listed, 10 000 match']);
  });

  it('takes keys with any characters as they are, and skips what only shows a folder', async () => {
    const keys = ['sales/a b+c%20.csv', 'sales/ä日😀.csv', 'sales/\u0001.csv', 'sales/[x].csv'];
    for (const key of keys) await lake.put(key, '1,a\n');
    await lake.put('sales/folder/', '');
    const { fingerprint } = await observe();
    expect(fingerprint.kind === 'objects' && Object.keys(fingerprint.objects).sort()).toEqual(keys.sort());
    expect(await lake.load(lake.source(), table)).toMatchObject({ rows: keys.length });
    expect(await lake.load(lake.source({ match: ['sales/[x].csv'] }), table)).toMatchObject({ rows: 1 });
  });

  it.each([
    [['sales/2026/**/sales_*.csv.gz'], ['sales/2026/']],
    [['sales/sales_*.csv'], ['sales/sales_']],
    [['a/b.csv'], ['a/b.csv']],
    [['a/{x,y}/*'], ['a/']],
    [['a@b/+c/!d'], ['a@b/+c/!d']],
    [['a/@(b|c)'], ['a/']],
    [['**/x'], ['']],
    [
      ['a/*', 'a/b/*', 'c/*'],
      ['a/', 'c/'],
    ],
  ])('the prefixes of %j are %j', (patterns, prefixes) => {
    expect(prefixesOf(patterns)).toEqual(prefixes);
  });
});

describe('problems that a plan shows', () => {
  it('nothing matches', async () => {
    const { problems } = await observe(lake.source({ match: ['sales/x_*.csv'] }));
    expect(problems).toMatchObject([
      { code: 'EXT2101', message: 'no object of s3://lake matches "sales/x_*.csv"' },
    ]);
  });

  it('too much matches', async () => {
    await lake.put('sales/a.csv', '1,a\n'.repeat(1000));
    const { problems } = await observe(lake.source({ maxBytes: 1000 }));
    expect(problems).toMatchObject([
      {
        code: 'EXT2106',
        message: '1 object of s3://lake with 4.0 kB match "sales/**"; at most 1.0 kB are allowed',
      },
    ]);
  });

  it('a header that lacks a column, with the nearest one; unused columns', async () => {
    await lake.put('sales/a.csv', 'id,name,more\n1,a,b\n');
    await lake.put('sales/b.csv', 'id,nmae\n1,a\n');
    const { problems, untaken } = await observe(lake.source({ format: { ...csv, header: true } }));
    expect(problems).toMatchObject([
      {
        code: 'EXT2113',
        message: 's3://lake/sales/b.csv has no column "name"',
        hint: 'did you mean "nmae"? Then write from: "nmae" in the column (all columns: extracts import csv s3://lake/sales/b.csv --out -)',
      },
    ]);
    expect(untaken).toEqual(['more']);
  });
});

describe('Parquet objects, by their footers', () => {
  const fixture = (name: string) =>
    readFileSync(new URL(`../parquet/fixtures/${name}.parquet`, import.meta.url));
  const source = () => lake.source({ format: { type: 'parquet' } });

  it('rows, and unused columns, without reading any data', async () => {
    const file = fixture('row_groups');
    await lake.put('sales/a.parquet', file);
    await lake.put('sales/b.parquet', file);
    const seen = await observe(source(), [], sales({ id: 'bigint' }));
    expect(seen).toMatchObject({ problems: [], untaken: ['name'], rows: { value: 20, exact: true } });
    const gets = lake.control.requests.of('GetObject');
    expect(gets.map(({ key }) => key).sort()).toEqual(['sales/a.parquet', 'sales/b.parquet']);
    expect(gets.every(({ conditions }) => 'if-match' in conditions)).toBe(true);
  });

  it('of a large object only the end', async () => {
    const footer = footerOf([{ 1: { i32: 1 }, 3: { i32: 0 }, 4: { text: 'id' } }], 1);
    await lake.put('sales/a.parquet', parquetFile(footer, Buffer.alloc(1_000_000)));
    expect(await observe(source(), [], sales({ id: 'int' }))).toMatchObject({ problems: [] });
    const { size } = lake.control.list('lake')[0]!;
    const [get] = lake.control.requests.of('GetObject');
    expect(get?.range).toBe(`bytes=${size - 64 * 1024}-${size - 1}`);
  });

  it('each that does not fit is named', async () => {
    await lake.put('sales/a.parquet', fixture('row_groups'));
    await lake.put('sales/b.parquet', fixture('integers'));
    await lake.put('sales/c.parquet', 'id\n1\n');
    await lake.put('sales/d.parquet', '');
    const { problems } = await observe(source(), [], sales({ id: 'int', name: 'text' }));
    expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'EXT2115 column "id": s3://lake/sales/a.parquet has int64, which does not fit int',
      'EXT2113 s3://lake/sales/b.parquet has no column "id"',
      'EXT2113 s3://lake/sales/b.parquet has no column "name"',
      'EXT2102 s3://lake/sales/c.parquet is no Parquet file: it does not end with PAR1',
      'EXT2111 s3://lake/sales/d.parquet is empty',
    ]);
  });

  it('answered as if replaced since the listing, which is unchanged', async () => {
    await lake.put('sales/a.parquet', fixture('row_groups'));
    lake.control.faults.add({
      operation: 'GetObject',
      times: Infinity,
      act: { kind: 'error', code: 'PreconditionFailed' },
    });
    await expect(observe(source())).rejects.toMatchObject({ code: 'EXT2214' });
  });
});

describe('errors that say what to do', () => {
  const keys = () => ({ kind: 'keys' as const, ...lake.standIn.credentials });

  it.each<[string, Partial<S3Access> | (() => Partial<S3Access>), string, RegExp]>([
    [
      'an unknown key',
      () => ({ credentials: { ...keys(), accessKeyId: 'NOBODY' } }),
      'EXT2203',
      /InvalidAccessKeyId/,
    ],
    [
      'a wrong secret',
      () => ({ credentials: { ...keys(), secretAccessKey: 'x' } }),
      'EXT2203',
      /SignatureDoesNotMatch/,
    ],
    ['no signature', { credentials: { kind: 'anonymous' } }, 'EXT2204', /may not list s3:\/\/lake\/sales\//],
    [
      'nobody there',
      { endpoint: 'http://127.0.0.1:1' },
      'EXT2210',
      /cannot reach http:\/\/127\.0\.0\.1:1: ECONNREFUSED/,
    ],
    [
      'no TLS',
      () => ({ endpoint: lake.standIn.endpoint.replace('http:', 'https:') }),
      'EXT2211',
      /no trusted TLS/,
    ],
    [
      'no profile',
      { credentials: { kind: 'profile', profile: 'nobody' } },
      'EXT2201',
      /no AWS profile "nobody"/,
    ],
  ])('%s', async (_, access, code, message) => {
    const source = lake.source({}, typeof access === 'function' ? access() : access);
    await expect(observe(source)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it('no such bucket', async () => {
    await expect(observe(lake.source({ bucket: 'puddle' }))).rejects.toMatchObject({
      code: 'EXT2205',
      message: 'there is no bucket "puddle"',
    });
  });

  it.each(['PermanentRedirect', 'AuthorizationHeaderMalformed'] as const)(
    'another region, by %s',
    async (code) => {
      lake.control.faults.add({
        operation: 'ListObjectsV2',
        act: { kind: 'wrong-region', region: 'eu-north-1', code },
      });
      await expect(observe()).rejects.toMatchObject({
        code: 'EXT2207',
        message: 'the bucket "lake" is in eu-north-1, not in us-east-1',
        hint: 'write region: eu-north-1',
      });
    },
  );

  it.each([
    ['ExpiredToken', 'EXT2202', 'the AWS session for s3://lake has expired'],
    ['AccessDenied', 'EXT2204', 'may not list s3://lake/sales/: AccessDenied'],
  ] as const)('%s', async (name, code, message) => {
    lake.control.faults.add({ operation: 'ListObjectsV2', act: { kind: 'error', code: name } });
    await expect(observe()).rejects.toMatchObject({ code, message });
  });

  it('requester pays: reported, and paid where the source allows it', async () => {
    lake.control.createBucket('paid', { requesterPays: true });
    await lake.control.put('paid', 'sales/a.csv', '1,a\n');
    await expect(observe(lake.source({ bucket: 'paid' }))).rejects.toMatchObject({
      code: 'EXT2204',
      hint: expect.stringContaining('requester_pays: true') as string,
    });
    expect((await observe(lake.source({ bucket: 'paid' }, { requesterPays: true }))).problems).toEqual([]);
  });

  it('a public bucket needs no signature', async () => {
    lake.control.createBucket('open', { anonymous: true });
    await lake.control.put('open', 'sales/a.csv', '1,a\n');
    const source = lake.source({ bucket: 'open' }, { credentials: { kind: 'anonymous' } });
    expect(await lake.load(source, table)).toMatchObject({ rows: 1 });
  });

  it('an archived object', async () => {
    await lake.control.put('lake', 'sales/a.csv', '1,a\n', { storageClass: 'GLACIER' });
    await expect(lake.load(lake.source(), table)).rejects.toMatchObject({
      code: 'EXT2209',
      message: 's3://lake/sales/a.csv is archived',
    });
  });

  it('none of them reveals a secret', async () => {
    const secret = lake.standIn.credentials.secretAccessKey;
    const source = lake.source({}, { credentials: { ...keys(), accessKeyId: 'NOBODY' } });
    const error = await observe(source).catch((reason: unknown) => reason as Error & { hint: string });
    expect(`${(error as Error).message} ${(error as { hint: string }).hint}`).not.toContain(secret);
  });
});
