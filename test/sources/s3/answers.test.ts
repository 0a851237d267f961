import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openS3 } from '../../../src/sources/s3/index.ts';
import type { FaultAct } from '../../../stand-ins/s3/src/index.ts';
import { csv, hasty, sales, small, useLake } from './lake.ts';

const lake = useLake();
const table = sales({ id: 'int', name: 'text' });
const html = { 'content-type': 'text/html; charset=utf-8' };

const alien = (status: number, body = '', headers: Record<string, string> = {}): FaultAct => ({
  kind: 'alien',
  status,
  body,
  headers,
});

/** What the plan says when every request of this kind is answered so: `CODE message | hint`. */
async function said(operation: 'ListObjectsV2' | 'GetObject', act: FaultAct): Promise<string> {
  await lake.put('sales/a.csv', '1,a\n');
  lake.control.faults.add({ operation, times: Infinity, act });
  try {
    await lake.rows(lake.source(), table);
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint?: string };
    return `${code} ${message} | ${hint}`.replaceAll(lake.standIn.endpoint, 'ENDPOINT');
  }
  throw new Error('nothing went wrong');
}

const check =
  'check endpoint: a console, a login page or a proxy answers there; the console of a service often has another port than its S3';

describe('an answer to a listing that is not S3 is never an empty bucket', () => {
  it.each([
    [
      'a login page',
      alien(200, '<!DOCTYPE html>\n<html><head><title>\n Sign in </title></head></html>', html),
      `an HTML page ("Sign in"): that is not S3 | ${check}`,
    ],
    ['a page by its first bytes', alien(200, '<!doctype html>'), `an HTML page: that is not S3 | ${check}`],
    ['nothing', alien(200), `an empty body: that is not S3 | ${check}`],
    ['an HTML page without bytes', alien(200, '', html), `an empty body: that is not S3 | ${check}`],
    ['JSON', alien(200, '{"a": 1}'), `a text ("{"a": 1}"): that is not S3 | ${check}`],
    [
      'another document of S3',
      alien(200, '<?xml version="1.0"?><ListAllMyBucketsResult/>'),
      `an XML document <ListAllMyBucketsResult>: that is not S3 | ${check}`,
    ],
    [
      'an error in disguise',
      alien(200, '<Error><Code>InternalError</Code></Error>'),
      `an XML document <Error>: that is not S3 | ${check}`,
    ],
    [
      'a proxy that refuses',
      alien(403, '<html><title>Blocked</title></html>', html),
      `403 and an HTML page ("Blocked"): that is not S3 | ${check}`,
    ],
    ['a 404 of others', alien(404), `404 and an empty body: that is not S3 | ${check}`],
    [
      'a proxy that wants a password',
      alien(407),
      '407 and an empty body: that is not S3 | a proxy wants a user and a password: write them into HTTPS_PROXY',
    ],
    [
      'a port that speaks TLS',
      alien(400, 'Client sent an HTTP request to an HTTPS server.\n'),
      '400 and a text ("Client sent an HTTP request to an HTTPS server."): that is not S3 | this port speaks TLS: write https:// in endpoint:',
    ],
  ])('%s', async (_, act, words) => {
    expect(await said('ListObjectsV2', act)).toBe(
      `EXT2214 ENDPOINT answers listing s3://lake/sales/ with ${words}`,
    );
    expect(lake.control.requests.of('ListObjectsV2')).toHaveLength(1);
  });

  it('a missing object is no answer to a listing', async () => {
    expect(await said('ListObjectsV2', { kind: 'error', code: 'NoSuchKey' })).toBe(
      'EXT2214 ENDPOINT answers listing s3://lake/sales/ with NoSuchKey: that is not S3 | a listing names no object that could be gone; check the endpoint and the bucket',
    );
  });

  it('a redirect is not followed, and what it carries is not shown', async () => {
    const act = alien(302, '', { location: 'https://login.example.com/oidc?state=abc123' });
    expect(await said('ListObjectsV2', act)).toBe(
      'EXT2214 ENDPOINT redirects listing s3://lake/sales/ to https://login.example.com/oidc | requests are signed for one host, so redirects are not followed; write the address of the service itself as endpoint:',
    );
  });

  it("a proxy's 502 is tried again, and reported as what it is", async () => {
    const act = alien(502, '<html><head><title>502 Bad Gateway</title></head></html>', html);
    expect(await said('ListObjectsV2', act)).toContain(
      'listing s3://lake/sales/ failed 4 times, last: 502 and an HTML page ("502 Bad Gateway")',
    );
  });
});

describe('a listing that is not all of it', () => {
  const edit = (body: (text: string) => string): FaultAct => ({ kind: 'edit', body });
  const cases: [string, FaultAct, string][] = [
    ['cut off', edit((text) => text.slice(0, -20)), 'a listing that is cut off'],
    [
      'with more pages and no token',
      edit((text) => text.replace('<IsTruncated>false', '<IsTruncated>true')),
      'a listing that has more pages and no token for the next one',
    ],
    [
      'with nothing in it',
      alien(200, '<?xml version="1.0"?><ListBucketResult/>'),
      'a listing that does not say whether more follows (IsTruncated)',
    ],
    [
      'without IsTruncated',
      edit((text) => text.replace(/<IsTruncated>.*?<\/IsTruncated>/, '')),
      'a listing that does not say whether more follows (IsTruncated)',
    ],
    [
      'with no more pages and a token',
      edit((text) =>
        text.replace('<IsTruncated>', '<NextContinuationToken>t1</NextContinuationToken><IsTruncated>'),
      ),
      'a listing that has no more pages and a token for the next one',
    ],
    [
      'with an object without size',
      edit((text) => text.replace(/<Size>.*?<\/Size>/, '')),
      'a listing with an object without key or size',
    ],
    ...['1', ' true ', 'yes', ''].map((word): [string, FaultAct, string] => [
      `that says "${word}" where it says whether more follows`,
      edit((text) => text.replace('<IsTruncated>false', `<IsTruncated>${word}`)),
      `a listing that says "${word}" where it says whether more follows (IsTruncated)`,
    ]),
    ...['many', '', '-1', '4.5', '1e3'].map((size): [string, FaultAct, string] => [
      `with an object of the size "${size}"`,
      edit((text) => text.replace(/<Size>\d+/, `<Size>${size}`)),
      `a listing with the size "${size}"`,
    ]),
    [
      'that is not well-formed',
      edit((text) => text.replace('</Contents>', '')),
      'a listing that cannot be read (@aws-sdk XML parse error: mismatched tags <Contents> and </ListBucketResult>.)',
    ],
    [
      'with a time of another form',
      edit((text) => text.replace(/<LastModified>[^<]*/, '<LastModified>Thu, 01 Jan 2026 00:00:00 GMT')),
      'a listing that cannot be read (Invalid RFC3339 timestamp format Thu, 01 Jan 2026 00:00:00 GMT)',
    ],
    [
      'that is compressed',
      { kind: 'edit', headers: { 'content-encoding': 'gzip' } },
      'a listing in the encoding "gzip", which was not asked for',
    ],
    [
      'of other keys',
      edit((text) => text.replace('<Key>sales/', '<Key>elsewhere/')),
      'a listing with "elsewhere/a.csv", which was not asked for',
    ],
    [
      'without ETag and time',
      edit((text) => text.replace(/<(ETag|LastModified)>.*?<\/\1>/g, '')),
      'a listing with an object that has neither an ETag nor a time',
    ],
  ];
  it.each(cases)('%s', async (_, act, words) => {
    expect(await said('ListObjectsV2', act)).toContain(
      `EXT2214 ENDPOINT answers listing s3://lake/sales/ with ${words}: that is not S3`,
    );
  });

  it('that begins with a byte order mark is read', async () => {
    lake.control.faults.add({
      operation: 'ListObjectsV2',
      times: Infinity,
      act: edit((text) => `\uFEFF${text}`),
    });
    await lake.put('sales/a.csv', '1,a\n');
    expect(await lake.rows(lake.source(), table)).toEqual([['1', 'a']]);
  });

  it('that gives the same page for ever', async () => {
    const page =
      '<ListBucketResult><Contents><Key>sales/a.csv</Key><ETag>"x"</ETag><Size>4</Size></Contents>' +
      '<IsTruncated>true</IsTruncated><NextContinuationToken>same</NextContinuationToken></ListBucketResult>';
    expect(await said('ListObjectsV2', alien(200, page))).toContain(
      'with the same page of a listing once more: that is not S3',
    );
    expect(lake.control.requests.of('ListObjectsV2')).toHaveLength(2);
  });

  it('that begins again with another token each time', async () => {
    const page = (token: string) =>
      '<ListBucketResult><Contents><Key>sales/a.csv</Key><ETag>"x"</ETag><Size>4</Size></Contents>' +
      `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken></ListBucketResult>`;
    for (const token of ['one', 'two', 'three'])
      lake.control.faults.add({ operation: 'ListObjectsV2', act: alien(200, page(token)) });
    await expect(lake.rows(lake.source(), table)).rejects.toMatchObject({
      code: 'EXT2214',
      message: expect.stringContaining('with the same page of a listing once more') as string,
    });
    expect(lake.control.requests.of('ListObjectsV2')).toHaveLength(2);
  });

  it('an empty token on the last page is none', async () => {
    await lake.put('sales/a.csv', '1,a\n');
    lake.control.faults.add({
      operation: 'ListObjectsV2',
      act: edit((text) => text.replace('<IsTruncated>', '<NextContinuationToken/><IsTruncated>')),
    });
    expect(await lake.rows(lake.source(), table)).toEqual([['1', 'a']]);
  });
});

describe('an answer to a request for an object', () => {
  it.each([
    ['a login page', alien(200, '<html>'.padEnd(4), html), 'without the ETag that the listing has'],
    ['no length', { kind: 'edit', headers: { 'content-length': undefined } }, 'without a length'],
    ['two lengths', { kind: 'edit', headers: { 'content-length': '4, 5' } }, 'without a length'],
  ] as [string, FaultAct, string][])('%s', async (_, act, words) => {
    expect(await said('GetObject', act)).toContain(
      `EXT2214 a request for s3://lake/sales/a.csv is answered ${words}`,
    );
  });

  it('may say its length twice', async () => {
    await lake.put('sales/a.csv', '1,a\n');
    const act: FaultAct = { kind: 'edit', headers: { 'content-length': '4, 4' } };
    lake.control.faults.add({ operation: 'GetObject', times: Infinity, act });
    expect(await lake.rows(lake.source(), table)).toEqual([['1', 'a']]);
  });

  it('that is longer than the listing says names services that unpack objects', async () => {
    await lake.put('sales/a.csv', '1,a\n');
    const etag = lake.control.list('lake')[0]?.etag ?? '';
    expect(await said('GetObject', alien(200, '1,a\n2,b\n', { etag }))).toMatch(
      /EXT2212 .*bytes 0 to 4 of 4 were asked for, the answer has 8 of 8 \| something on the way changes the object, or the service unpacks .* as Google Cloud Storage does/,
    );
  });

  it.each([
    ['Message', '<Error><Code>InvalidRequest</Code><Message>m</Message><Message>n</Message></Error>'],
    ['Message', '<Error><Code>InvalidRequest</Code><Message><b>m</b></Message></Error>'],
    ['Code', '<Error><Code>InvalidRequest</Code><Code>Other</Code><Message>m</Message></Error>'],
  ])('is an error of the service whatever its %s is made of', async (_, body) => {
    expect(await said('GetObject', alien(400, `<?xml version="1.0"?>${body}`))).toMatch(
      /^EXT2212 cannot read s3:\/\/lake\/sales\/a\.csv: /,
    );
  });

  it('from a proxy does not mean that the object is missing', async () => {
    const act = alien(404, '<html><title>404 Not Found</title></html>', html);
    expect(await said('GetObject', act)).toContain(
      'EXT2214 ENDPOINT answers reading s3://lake/sales/a.csv with 404 and an HTML page ("404 Not Found"): that is not S3',
    );
  });

  it('for a header file: a page without ETag and time is none', async () => {
    lake.control.faults.add({ operation: 'GetObject', act: alien(200, '<html></html>', html) });
    const source = lake.source({ headerFile: { key: 'header.csv', types: false }, format: csv });
    const port = openS3(source, { patience: hasty, limits: small });
    const columnsFrom = { place: table.place, values: {} } as never;
    await expect(
      port.columns!({ ...table, columnsFrom }, new AbortController().signal),
    ).rejects.toMatchObject({ code: 'EXT2214' });
    await port.close();
  });
});

it('no hundred rows become none: an extract is not emptied by a login page', async () => {
  await lake.put('sales/a.csv', '1,a\n'.repeat(100));
  const source = lake.source({ minFiles: 0 });
  expect(await lake.load(source, table)).toMatchObject({ rows: 100 });
  lake.control.faults.add({ operation: 'ListObjectsV2', act: alien(200, '<html></html>', html) });
  await expect(lake.load(source, table)).rejects.toMatchObject({ code: 'EXT2214' });
});

it('a resumed Parquet footer is of the planned version, too', async () => {
  await lake.put(
    'sales/a.parquet',
    readFileSync(new URL('../parquet/fixtures/row_groups.parquet', import.meta.url)),
  );
  lake.control.faults.add({
    operation: 'GetObject',
    times: Infinity,
    act: { kind: 'edit', headers: { etag: '"another"' } },
  });
  const source = lake.source({ format: { type: 'parquet' } });
  await expect(lake.load(source, sales({ id: 'bigint' }))).rejects.toThrow(/EXT2214|is listed with the ETag/);
});
