import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openS3 } from '../../../src/sources/s3/index.ts';
import { column } from '../../support/pipelines.ts';
import type { FaultAct } from '../../../stand-ins/s3/src/index.ts';
import { csv, hasty, sales, small, useLake } from './lake.ts';

const lake = useLake();
const table = sales({ id: 'int', name: 'text' });

describe('formats', () => {
  it('objects with headers of their own in any order, added columns, one COPY for all', async () => {
    await lake.put('sales/b.csv', 'name,extra,id\r\n"b, 1",x,1\r\nNULL,y,2');
    await lake.put('sales/a.csv', '\ufeffid,name\n3,a\n');
    await lake.put('sales/empty.csv', 'id,name\n');
    const source = lake.source({ format: { ...csv, header: true, nulls: ['NULL'] } });
    const added = sales(
      { id: 'int', name: 'text' },
      { Key: '${file.key}', File: '${file.name}', Path: '${file.path}' },
    );
    expect(await lake.rows(source, added)).toEqual([
      ['3', 'a', 'sales/a.csv', 'a.csv', 's3://lake/sales/a.csv'],
      ['1', 'b, 1', 'sales/b.csv', 'b.csv', 's3://lake/sales/b.csv'],
      ['2', null, 'sales/b.csv', 'b.csv', 's3://lake/sales/b.csv'],
    ]);
    expect(await lake.load(source, added)).toMatchObject({ rows: 3 });
  });

  it('gzip by name, and the bytes reported are those of the bucket', async () => {
    const packed = gzipSync('1,a\n'.repeat(50_000));
    await lake.put('sales/a.csv.gz', packed);
    await lake.put('sales/b.csv', '2,b\n');
    expect(await lake.load(lake.source(), table)).toEqual({ rows: 50_001, bytes: packed.length + 4 });
  });

  it.each([
    ['windows-1252', Buffer.from([0x31, 0x2c, 0x80, 0xe4, 0x0a]), '€ä'],
    ['utf-16le', Buffer.from('\ufeff1,Żółw\n', 'utf16le'), 'Żółw'],
    ['shift_jis', Buffer.from([0x31, 0x2c, 0x93, 0xfa, 0x0a]), '日'],
  ])('%s', async (encoding, bytes, text) => {
    await lake.put('sales/a.csv', bytes);
    expect(await lake.rows(lake.source({ format: { ...csv, encoding } }), table)).toEqual([['1', text]]);
  });

  it("PostgreSQL's text format, with delimiter, null string and added columns", async () => {
    await lake.put('sales/a.tsv.gz', gzipSync('1|a\\|b\n2|-\n'));
    await lake.put('sales/b.tsv', '\ufeff3|c\n4|NA');
    const source = lake.source({ format: { ...csv, type: 'text', delimiter: '|', nulls: ['-', 'NA'] } });
    const added = sales({ id: 'int', name: 'text' }, { Key: '${file.key}' });
    expect(await lake.rows(source, added)).toEqual([
      ['1', 'a|b', 'sales/a.tsv.gz'],
      ['2', null, 'sales/a.tsv.gz'],
      ['3', 'c', 'sales/b.tsv'],
      ['4', null, 'sales/b.tsv'],
    ]);
  });

  it('Parquet, staged one by one, with a typed part of the key', async () => {
    const file = readFileSync(new URL('../parquet/fixtures/row_groups.parquet', import.meta.url));
    await lake.put('sales/2026-03-04.parquet', file);
    await lake.put('sales/2026-03-05.parquet', file);
    const day = column('Day', 'date', {
      origin: { kind: 'file', template: '${file.key}', pattern: '(\\d{4}-\\d{2}-\\d{2})' },
    });
    const plain = sales({ id: 'bigint', name: 'text' });
    const source = lake.source({ format: { type: 'parquet' } });
    const rows = await lake.rows(source, { ...plain, columns: [...plain.columns, day] });
    expect(rows).toHaveLength(20);
    expect(rows[0]).toEqual(['0', 'x', '2026-03-04']);
    expect(rows[19]).toEqual(['9', 'x', '2026-03-05']);
  });

  it('Parquet with other names, other types and texts of a length', async () => {
    const file = readFileSync(new URL('../parquet/fixtures/row_groups.parquet', import.meta.url));
    await lake.put('sales/a.parquet', file);
    const renamed = column('Number', 'numeric(19,0) not null', { origin: { kind: 'column', name: 'id' } });
    const named = (length: number) => ({
      ...table,
      columns: [renamed, column('name', `varchar(${length})`)],
    });
    const source = lake.source({ format: { type: 'parquet' } });
    expect((await lake.rows(source, named(1)))[9]).toEqual(['9', 'x']);
    await lake.put(
      'sales/b.parquet',
      readFileSync(new URL('../parquet/fixtures/integers.parquet', import.meta.url)),
    );
    await expect(lake.rows(source, named(1))).rejects.toMatchObject({
      code: 'EXT2113',
      message: 's3://lake/sales/b.parquet has no column "id"',
    });
  });

  it('a key that does not fit the pattern of an added column is named', async () => {
    await lake.put('sales/other.csv', '1,a\n');
    const month = column('Month', 'text', {
      origin: { kind: 'file', template: '${file.key}', pattern: '_(\\d+)\\.' },
    });
    await expect(lake.load(lake.source(), { ...table, columns: [...table.columns, month] })).rejects.toThrow(
      'EXT2105 "Month" cannot be derived from s3://lake/sales/other.csv: "sales/other.csv" does not match _(\\d+)\\.',
    );
  });
});

describe('large objects', () => {
  const line = (index: number) => `${index},row ${index}\n`;
  const body = Array.from({ length: 60_000 }, (_, index) => line(index)).join('');

  it('come in ranges, several at once, every byte once', async () => {
    await lake.put('sales/big.csv', body);
    await lake.put('sales/small.csv', '-1,last\n');
    lake.control.faults.add({
      operation: 'GetObject',
      times: 8,
      act: { kind: 'slow', chunkBytes: 16_384, everyMs: 2 },
    });
    const rows = await lake.rows(lake.source(), table);
    expect(rows).toHaveLength(60_001);
    expect(rows[59_999]).toEqual(['59999', 'row 59999']);
    const gets = lake.control.requests.of('GetObject').filter(({ key }) => key === 'sales/big.csv');
    expect(gets.length).toBe(Math.ceil(body.length / small.range));
    expect(gets.every(({ conditions }) => 'if-match' in conditions)).toBe(true);
    expect(lake.control.requests.counters.peakOpen).toBeGreaterThan(1);
    expect(lake.control.requests.counters.peakOpen).toBeLessThanOrEqual(small.requests);
  });

  it('go on behind the last byte after a reset, a truncation, silence and SlowDown', async () => {
    await lake.put('sales/big.csv', body);
    const on = (nth: number, act: Parameters<typeof lake.control.faults.add>[0]['act']) =>
      lake.control.faults.add({ operation: 'GetObject', nth, act });
    on(1, { kind: 'reset', afterBytes: 10_000 });
    on(2, { kind: 'truncate', afterBytes: 333 });
    on(3, { kind: 'stall', afterBytes: 5000 });
    on(4, { kind: 'error', code: 'SlowDown' });
    on(5, { kind: 'error', code: 'InternalError' });
    on(6, { kind: 'reset' });
    const rows = await lake.rows(lake.source(), table, { ...hasty, silence: 500 });
    expect(lake.control.faults.pending()).toEqual([]);
    expect(rows.map(([id]) => Number(id))).toEqual(Array.from({ length: 60_000 }, (_, index) => index));
  });

  it('replaced in mid-read: an error, not a mixture', async () => {
    await lake.put('sales/big.csv', body);
    lake.control.faults.add({
      operation: 'GetObject',
      nth: 2,
      act: { kind: 'replace', afterBytes: 1000, body: 'new\n', then: 'finish' },
    });
    await expect(lake.load(lake.source(), table)).rejects.toMatchObject({
      code: 'EXT2206',
      message: 's3://lake/sales/big.csv was replaced since the plan',
    });
  });

  it('stop at once when their reader has left', async () => {
    await lake.put('sales/big.csv', body);
    lake.control.faults.add({
      operation: 'GetObject',
      times: Infinity,
      act: { kind: 'stall', afterBytes: 100 },
    });
    const interruption = new AbortController();
    const port = openS3(lake.source(), { patience: { ...hasty, silence: 600_000 }, limits: small });
    const snapshot = await port.snapshot([table], interruption.signal);
    const [part] = (await snapshot.feed(table, interruption.signal)).parts;
    if (part?.kind !== 'stream') throw new Error('no stream');
    const { bytes } = await part.open(interruption.signal);
    const ended = expect(Readable.from(bytes).toArray()).rejects.toThrow('SIGINT');
    interruption.abort(new Error('SIGINT'));
    await ended;
    await snapshot.end();
    await port.close();
    await expect.poll(() => lake.control.requests.counters.open).toBe(0);
  });
});

describe('what goes wrong', () => {
  it('an object that was replaced between plan and apply', async () => {
    await lake.put('sales/a.csv', '1,a\n');
    const replace = () => lake.put('sales/a.csv', '2,b\n');
    await expect(lake.load(lake.source(), table, replace)).rejects.toMatchObject({ code: 'EXT2206' });
  });

  it('an object that was removed between plan and apply', async () => {
    await lake.put('sales/a.csv', '1,a\n');
    const remove = () => {
      lake.control.delete('lake', 'sales/a.csv');
      return Promise.resolve();
    };
    await expect(lake.load(lake.source(), table, remove)).rejects.toMatchObject({
      code: 'EXT2206',
      message: 's3://lake/sales/a.csv no longer exists',
    });
  });

  it('objects that came after the plan wait for the next one', async () => {
    await lake.put('sales/a.csv', '1,a\n');
    const more = () => lake.put('sales/b.csv', '2,b\n');
    expect(await lake.load(lake.source(), table, more)).toMatchObject({ rows: 1 });
  });

  it('a value: object, line, column', async () => {
    await lake.put('sales/a.csv', '1,a\n2,b\n');
    await lake.put('sales/b.csv', '3,c\nx4,d\n');
    await lake.put('sales/c.csv', '5,e\n');
    await expect(lake.load(lake.source(), table)).rejects.toMatchObject({
      code: 'EXT2103',
      message: expect.stringMatching(
        /^s3:\/\/lake\/sales\/b\.csv:2: column "id" \(int\): .*the value is "x4"$/,
      ) as string,
    });
  });

  it('a record: object and line', async () => {
    await lake.put('sales/a.csv', '1,a\n');
    await lake.put('sales/b.csv', '2,b\n3\n');
    await expect(lake.load(lake.source(), table)).rejects.toMatchObject({
      code: 'EXT2103',
      message: 's3://lake/sales/b.csv:2: line 2 (record 2) has 1 field, expected 2; the line is "3"',
    });
  });

  it('a gzip file that is none', async () => {
    await lake.put('sales/a.csv.gz', '1,a\n');
    await expect(lake.load(lake.source(), table)).rejects.toMatchObject({
      code: 'EXT2110',
      message: 's3://lake/sales/a.csv.gz is not packed with gzip, as its name says',
      hint: 'write compression: none in its format',
    });
  });

  it.each([
    ['AccessDenied', 'EXT2204', 'may not read s3://lake/sales/big.csv: AccessDenied'],
    ['ExpiredToken', 'EXT2202', 'the AWS session for s3://lake has expired'],
    ['NoSuchBucket', 'EXT2205', 'there is no bucket "lake"'],
    ['InvalidAccessKeyId', 'EXT2203', 's3://lake does not accept the credentials: InvalidAccessKeyId'],
  ] as const)('%s in the middle of an object: told at once, not tried again', async (name, code, message) => {
    await lake.put('sales/big.csv', '1,abcdefghij\n'.repeat(60_000));
    lake.control.faults.add({ operation: 'GetObject', nth: 5, act: { kind: 'error', code: name } });
    await expect(lake.load(lake.source(), table)).rejects.toMatchObject({ code, message });
    const refused = lake.control.requests.of('GetObject').filter(({ errorCode }) => errorCode === name);
    expect(refused).toHaveLength(1);
  });

  const contradictions: [string, FaultAct, string][] = [
    ['412', { kind: 'error', code: 'PreconditionFailed' }, 'was replaced since the plan'],
    ['another ETag', { kind: 'edit', headers: { etag: '"another"' } }, 'was replaced since the plan'],
    ['404', { kind: 'error', code: 'NoSuchKey' }, 'no longer exists'],
  ];

  it.each(contradictions)('%s once, although the listing is unchanged: asked again', async (_, act) => {
    await lake.put('sales/big.csv', '1,abcdefghij\n'.repeat(60_000));
    lake.control.faults.add({ operation: 'GetObject', nth: 5, act });
    expect(await lake.load(lake.source(), table)).toMatchObject({ rows: 60_000 });
  });

  it.each(contradictions)(
    '%s always, although the listing is unchanged: a service that contradicts itself',
    async (_, act, said) => {
      await lake.put('sales/a.csv', '1,a\n');
      lake.control.faults.add({ operation: 'GetObject', times: Infinity, act });
      const etag = lake.control.list('lake')[0]?.etag.replaceAll('"', '');
      await expect(lake.load(lake.source(), table)).rejects.toMatchObject({
        code: 'EXT2214',
        message: `s3://lake/sales/a.csv is listed with the ETag "${etag}", but requests for it are answered otherwise: s3://lake/sales/a.csv ${said}`,
      });
      expect(lake.control.requests.of('GetObject')).toHaveLength(2);
    },
  );

  it('a service that lists keys encoded without saying so: named, instead of called removed', async () => {
    await lake.put('sales/a b.csv', '1,a\n');
    lake.control.faults.add({
      operation: 'ListObjectsV2',
      times: Infinity,
      act: {
        kind: 'edit',
        body: (text) => text.replace(/<EncodingType>.*?<\/EncodingType>/, '').replaceAll('a+b', 'a%20b'),
      },
    });
    await expect(lake.load(lake.source(), table)).rejects.toMatchObject({
      code: 'EXT2214',
      message: expect.stringMatching(/^s3:\/\/lake\/sales\/a%20b\.csv is listed with the ETag "/) as string,
    });
  });

  it('412, and the listing fails as well: what was answered is the error', async () => {
    await lake.put('sales/a.csv', '1,a\n');
    lake.control.faults.add({
      operation: 'GetObject',
      times: Infinity,
      act: { kind: 'error', code: 'PreconditionFailed' },
    });
    lake.control.faults.add({
      operation: 'ListObjectsV2',
      nth: 2,
      act: { kind: 'error', code: 'AccessDenied' },
    });
    await expect(lake.load(lake.source(), table)).rejects.toMatchObject({ code: 'EXT2206' });
  });

  it('another region in the middle', async () => {
    await lake.put('sales/a.csv', '1,a\n');
    const act = { kind: 'wrong-region', region: 'eu-north-1', code: 'PermanentRedirect' } as const;
    lake.control.faults.add({ operation: 'GetObject', act });
    await expect(lake.load(lake.source(), table)).rejects.toMatchObject({
      code: 'EXT2207',
      message: 'the bucket "lake" is in eu-north-1, not in us-east-1',
    });
  });

  it.each([
    ['500', { kind: 'error', code: 'InternalError' }],
    ['503', { kind: 'error', code: 'ServiceUnavailable' }],
    ['SlowDown', { kind: 'error', code: 'SlowDown' }],
    ['a reset before the answer', { kind: 'reset' }],
    ['a reset in the body', { kind: 'reset', afterBytes: 20_000 }],
    ['a truncated body', { kind: 'truncate', afterBytes: 20_000 }],
  ] as const)('%s, twice: survived, every row once, of CSV and of Parquet', async (_, act) => {
    const body = Array.from({ length: 20_000 }, (__, index) => `${index},row ${index}\n`).join('');
    await lake.put('sales/big.csv', body);
    lake.control.faults.add({ operation: 'GetObject', nth: 2, times: 2, act });
    expect(await lake.load(lake.source(), table)).toMatchObject({ rows: 20_000 });
    expect(lake.control.faults.pending()).toEqual([]);

    lake.control.delete('lake', 'sales/big.csv');
    await lake.put(
      'sales/a.parquet',
      readFileSync(new URL('../parquet/fixtures/row_groups.parquet', import.meta.url)),
    );
    // The first request is for the footer.
    lake.control.faults.add({ operation: 'GetObject', nth: 2, times: 2, act: { ...act, ...shorter(act) } });
    expect(
      await lake.load(lake.source({ format: { type: 'parquet' } }), sales({ id: 'bigint' })),
    ).toMatchObject({
      rows: 10,
    });
    expect(lake.control.faults.pending()).toEqual([]);
  });

  it.each(['InternalError', 'ServiceUnavailable', 'SlowDown'] as const)(
    'a listing survives %s',
    async (code) => {
      await lake.put('sales/a.csv', '1,a\n');
      lake.control.faults.add({ operation: 'ListObjectsV2', times: 2, act: { kind: 'error', code } });
      expect(await lake.load(lake.source(), table)).toMatchObject({ rows: 1 });
      expect(lake.control.faults.pending()).toEqual([]);
    },
  );

  it('SlowDown for ever', async () => {
    await lake.put('sales/a.csv', '1,a\n');
    lake.control.faults.add({
      operation: 'GetObject',
      times: Infinity,
      act: { kind: 'error', code: 'SlowDown' },
    });
    await expect(lake.load(lake.source(), table)).rejects.toMatchObject({
      code: 'EXT2208',
      message: 'reading s3://lake/sales/a.csv failed 4 times, last: SlowDown',
    });
    expect(lake.control.requests.of('GetObject')).toHaveLength(4);
  });
});

describe('a bucket with versions', () => {
  it('is read by version once one is known: replaced meanwhile, still the one that was planned', async () => {
    const body = Array.from({ length: 60_000 }, (_, index) => `${index},x\n`).join('');
    lake.control.createBucket('kept', { versioning: true });
    await lake.control.put('kept', 'sales/big.csv', body);
    lake.control.faults.add({
      operation: 'GetObject',
      nth: 3,
      act: { kind: 'replace', afterBytes: 1000, body: 'new\n', then: 'finish' },
    });
    const source = { ...lake.source(), bucket: 'kept' };
    const port = openS3(source, {
      patience: hasty,
      limits: { requests: 1, bytes: small.range, range: small.range },
    });
    const { signal } = new AbortController();
    const snapshot = await port.snapshot([table], signal);
    const [part] = (await snapshot.feed(table, signal)).parts;
    if (part?.kind !== 'stream') throw new Error('no stream');
    let read = '';
    for await (const chunk of (await part.open(signal)).bytes) read += chunk.toString();
    expect(read).toBe(body);
    await snapshot.end();
    await port.close();
  });
});

/** The Parquet file is a small one. */
const shorter = (act: object) => ('afterBytes' in act ? { afterBytes: 100 } : {});

type Lookup = (host: string, options: object, done: () => void) => void;

it('path_style: false asks the host of the bucket', async () => {
  await lake.put('sales/a.csv', '1,a\n');
  const asked = new Set<string>();
  const lookup = dns.lookup as unknown as Lookup;
  // As the service's DNS would: this machine may know no names below localhost.
  const loopback: Lookup = (host, options, done) => {
    asked.add(host);
    lookup('127.0.0.1', options, done);
  };
  const spy = vi.spyOn(dns, 'lookup').mockImplementation(loopback as never);
  onTestFinished(() => {
    spy.mockRestore();
  });
  const endpoint = lake.standIn.endpoint.replace('127.0.0.1', 'localhost');
  expect(await lake.rows(lake.source({}, { endpoint, pathStyle: false }), table)).toEqual([['1', 'a']]);
  expect([...asked]).toEqual(['lake.localhost']);
  const operations = lake.control.requests.entries().map(({ operation }) => operation);
  expect(new Set(operations)).toEqual(new Set(['ListObjectsV2', 'GetObject']));
});
