import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientOf } from './client.ts';
import { startS3StandIn } from '../src/index.ts';
import type { S3StandIn } from '../src/index.ts';
import { sendSigned } from './raw-request.ts';

let standIn: S3StandIn;
let client: S3Client;

beforeEach(async () => {
  standIn = await startS3StandIn({ buckets: { data: {} } });
  client = clientOf(standIn);
});
afterEach(async () => {
  client.destroy();
  await standIn.close();
});

/** A GET whose body, if any, is read to its end. */
async function get(key: string, more: object = {}) {
  const response = await client.send(new GetObjectCommand({ Bucket: 'data', Key: key, ...more }));
  return { ...response, text: await response.Body!.transformToString() };
}

describe('ranges', () => {
  beforeEach(() => standIn.control.put('data', 'ten', '0123456789'));

  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=4-', '456789', 'bytes 4-9/10'],
    ['bytes=9-9', '9', 'bytes 9-9/10'],
    ['bytes=5-100', '56789', 'bytes 5-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-100', '0123456789', 'bytes 0-9/10'],
  ])('%s', async (Range, text, ContentRange) => {
    const read = await get('ten', { Range });
    expect(read).toMatchObject({
      text,
      ContentRange,
      ContentLength: text.length,
      $metadata: { httpStatusCode: 206 },
    });
  });

  it.each(['bytes=10-', 'bytes=10-20', 'bytes=-0'])('%s cannot be satisfied', async (range) => {
    const response = await sendSigned(standIn, { path: '/data/ten', headers: { range } });
    expect(response).toMatchObject({ status: 416, code: 'InvalidRange' });
    expect(response.body).toContain('<ActualObjectSize>10</ActualObjectSize>');
  });

  it('no range of an empty object can be satisfied', async () => {
    await standIn.control.put('data', 'empty', '');
    const range = get('empty', { Range: 'bytes=0-0' });
    await expect(range).rejects.toMatchObject({ name: 'InvalidRange', $metadata: { httpStatusCode: 416 } });
  });

  it.each(['bytes=5-2', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=-'])('%s is ignored', async (range) => {
    const response = await sendSigned(standIn, { path: '/data/ten', headers: { range } });
    expect(response).toMatchObject({ status: 200, body: '0123456789' });
  });

  it('HEAD tells the length of the range', async () => {
    const head = await client.send(new HeadObjectCommand({ Bucket: 'data', Key: 'ten', Range: 'bytes=2-4' }));
    expect(head).toMatchObject({ ContentLength: 3, $metadata: { httpStatusCode: 206 } });
  });
});

describe('conditional reads', () => {
  const lastModified = new Date('2026-03-01T12:00:00Z');
  const before = new Date('2026-03-01T11:59:59Z');
  let etag: string;

  beforeEach(async () => {
    etag = `"${(await standIn.control.put('data', 'key', 'content', { lastModified })).etag}"`;
  });

  it.each<[string, () => object, number]>([
    ['If-Match with the ETag', () => ({ IfMatch: etag }), 200],
    ['If-Match with another', () => ({ IfMatch: '"other"' }), 412],
    ['If-None-Match with the ETag', () => ({ IfNoneMatch: etag }), 304],
    ['If-None-Match with another', () => ({ IfNoneMatch: '"other"' }), 200],
    ['If-Modified-Since its time', () => ({ IfModifiedSince: lastModified }), 304],
    ['If-Modified-Since before', () => ({ IfModifiedSince: before }), 200],
    ['If-Unmodified-Since its time', () => ({ IfUnmodifiedSince: lastModified }), 200],
    ['If-Unmodified-Since before', () => ({ IfUnmodifiedSince: before }), 412],
    ['If-Match outranking If-Unmodified-Since', () => ({ IfMatch: etag, IfUnmodifiedSince: before }), 200],
    [
      'If-None-Match outranking If-Modified-Since',
      () => ({ IfNoneMatch: etag, IfModifiedSince: before }),
      304,
    ],
  ])('%s', async (_, conditions, status) => {
    const outcome: unknown = await get('key', conditions()).catch((error: unknown) => error);
    expect(outcome).toMatchObject({ $metadata: { httpStatusCode: status } });
  });

  it('412 names the condition, 304 has no body but the ETag', async () => {
    const failed = await sendSigned(standIn, { path: '/data/key', headers: { 'if-match': '"other"' } });
    expect(failed.body).toContain('<Code>PreconditionFailed</Code>');
    expect(failed.body).toContain('<Condition>If-Match</Condition>');
    const same = await sendSigned(standIn, { path: '/data/key', headers: { 'if-none-match': etag } });
    expect(same).toMatchObject({ status: 304, body: '', headers: { etag } });
  });
});
