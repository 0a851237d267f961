import {
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientOf } from './client.ts';
import { startS3StandIn } from '../src/index.ts';
import type { S3StandIn } from '../src/index.ts';
import { sendRaw, sendSigned, signRaw } from './raw-request.ts';

const permanent = { accessKeyId: 'PERMANENT', secretAccessKey: 'the secret of the permanent pair' };
const temporary = {
  accessKeyId: 'TEMPORARY',
  secretAccessKey: 'another secret',
  sessionToken: 'a session token',
};
const expired = { ...temporary, accessKeyId: 'EXPIRED', expired: true };

let standIn: S3StandIn;
let now = new Date();

beforeAll(async () => {
  standIn = await startS3StandIn({
    clock: () => now,
    credentials: [permanent, temporary, expired],
    buckets: {
      plain: {},
      open: { anonymous: true },
      'paid-for': { requesterPays: true },
      european: { region: 'eu-central-1' },
      'look-only': { readOnly: true },
    },
  });
  await Promise.all(standIn.control.buckets().map((bucket) => standIn.control.put(bucket, 'key', 'content')));
});
beforeEach(() => {
  now = new Date();
});
afterAll(() => standIn.close());

/** The error of a GetObject by the SDK. */
async function getAs(
  config: Parameters<typeof clientOf>[1],
  bucket = 'plain',
  key = 'key',
): Promise<unknown> {
  const client = clientOf(standIn, config);
  try {
    return await client
      .send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      .catch((error: unknown) => error);
  } finally {
    client.destroy();
  }
}

describe('credentials', () => {
  it.each([
    ['an unknown key', { ...permanent, accessKeyId: 'NOBODY' }, 403, 'InvalidAccessKeyId'],
    ['a wrong secret', { ...permanent, secretAccessKey: 'wrong' }, 403, 'SignatureDoesNotMatch'],
    ['a permanent key with a token', { ...permanent, sessionToken: 'x' }, 400, 'InvalidToken'],
    ['a temporary key with another token', { ...temporary, sessionToken: 'x' }, 400, 'InvalidToken'],
    [
      'a temporary key without a token',
      { ...permanent, accessKeyId: 'TEMPORARY' },
      403,
      'InvalidAccessKeyId',
    ],
    ['an expired token', expired, 400, 'ExpiredToken'],
  ])('%s is refused', async (_, credentials, status, code) => {
    expect(await getAs({ credentials })).toMatchObject({ name: code, $metadata: { httpStatusCode: status } });
  });

  it('a temporary key with its token is let in', async () => {
    expect(await getAs({ credentials: temporary })).toMatchObject({ $metadata: { httpStatusCode: 200 } });
  });

  it('no secret and no token comes back in an error or stays in the log', async () => {
    await getAs({ credentials: { ...temporary, secretAccessKey: 'wrong' } });
    const { body } = await sendSigned(standIn, { path: '/plain/absent' });
    const seen = body + JSON.stringify(standIn.control.requests.entries());
    for (const secret of [permanent.secretAccessKey, temporary.secretAccessKey, temporary.sessionToken]) {
      expect(seen).not.toContain(secret);
    }
  });
});

describe('the Authorization header', () => {
  /** Signs properly, then changes the headers. */
  async function tamper(change: (headers: Record<string, string>) => void, path = '/plain/key') {
    const signed = await signRaw(standIn, { path });
    const headers = { ...signed.headers };
    change(headers);
    return sendRaw(standIn, { ...signed, headers });
  }

  it('is accepted as the SDK makes it', async () => {
    expect(await tamper(() => undefined)).toMatchObject({ status: 200, body: 'content' });
  });

  it.each<[string, (headers: Record<string, string>) => void, number, string]>([
    [
      'signature version 2',
      (headers) => (headers.authorization = 'AWS PERMANENT:frJIUN8DYpKDtOLCwo//yllqDzg='),
      400,
      'InvalidRequest',
    ],
    [
      'a missing signature',
      (headers) => (headers.authorization = headers.authorization!.replace(/, Signature=.*/, '')),
      400,
      'AuthorizationHeaderMalformed',
    ],
    [
      'the scope of another day',
      (headers) => (headers.authorization = headers.authorization!.replace(/\/\d{8}\//, '/20200101/')),
      400,
      'AuthorizationHeaderMalformed',
    ],
    [
      'the scope of another service',
      (headers) => (headers.authorization = headers.authorization!.replace('/s3/', '/sts/')),
      400,
      'AuthorizationHeaderMalformed',
    ],
    ['no date', (headers) => delete headers['x-amz-date'], 403, 'AccessDenied'],
    ['no payload hash', (headers) => delete headers['x-amz-content-sha256'], 400, 'InvalidRequest'],
    ['another host', (headers) => (headers.host = 'plain.localhost'), 403, 'SignatureDoesNotMatch'],
    [
      'an x-amz- header that is not signed',
      (headers) => (headers['x-amz-meta-a'] = 'b'),
      403,
      'AccessDenied',
    ],
  ])('is refused with %s', async (_, change, status, code) => {
    expect(await tamper(change)).toMatchObject({ status, code });
  });

  it('names the headers that should have been signed', async () => {
    const { body } = await tamper((headers) => (headers['x-amz-meta-a'] = 'b'));
    expect(body).toContain('<HeadersNotSigned>x-amz-meta-a</HeadersNotSigned>');
  });

  it.each([-16, 16])('is refused %i minutes off', async (minutes) => {
    now = new Date(Date.now() + minutes * 60_000);
    const response = await sendSigned(standIn, { path: '/plain/key' });
    expect(response).toMatchObject({ status: 403, code: 'RequestTimeTooSkewed' });
    expect(response.body).toContain('<MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>');
  });

  it.each([-14, 14])('is accepted %i minutes off', async (minutes) => {
    now = new Date(Date.now() + minutes * 60_000);
    expect(await sendSigned(standIn, { path: '/plain/key' })).toMatchObject({ status: 200 });
  });

  it('does not cover a payload that differs from the signed hash', async () => {
    const signed = await signRaw(standIn, { method: 'PUT', path: '/plain/new', body: 'what was signed' });
    const response = await sendRaw(standIn, { ...signed, body: 'what was posted' });
    expect(response).toMatchObject({ status: 400, code: 'XAmzContentSHA256Mismatch' });
    expect(standIn.control.list('plain', 'new')).toEqual([]);
  });
});

describe('a presigned URL', () => {
  async function presign(expiresIn: number): Promise<string> {
    const client = clientOf(standIn);
    const { hostname, port, host } = new URL(standIn.endpoint);
    const signer = await client.config.signer();
    if (!('presign' in signer) || typeof signer.presign !== 'function') throw new Error('no presigner');
    const sign = signer.presign.bind(signer) as (
      request: unknown,
      options: unknown,
    ) => Promise<{ path: string; query: Record<string, string> }>;
    const { path, query } = await sign(
      {
        method: 'GET',
        protocol: 'http:',
        hostname,
        port: Number(port),
        path: '/plain/key',
        headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      },
      { expiresIn },
    );
    client.destroy();
    return `${path}?${new URLSearchParams(query).toString()}`;
  }

  it('is accepted until it expires', async () => {
    const path = await presign(60);
    expect(await sendRaw(standIn, { path })).toMatchObject({ status: 200, body: 'content' });
    now = new Date(Date.now() + 62_000);
    const late = await sendRaw(standIn, { path });
    expect(late).toMatchObject({ status: 403, code: 'AccessDenied' });
    expect(late.body).toContain('<Message>Request has expired</Message>');
  });

  it.each<[string, (path: string) => string, number, string]>([
    [
      'longer than a week',
      (path) => path.replace('Expires=60', 'Expires=604801'),
      400,
      'AuthorizationQueryParametersError',
    ],
    [
      'without a date',
      (path) => path.replace(/X-Amz-Date=[^&]*&?/, ''),
      400,
      'AuthorizationQueryParametersError',
    ],
    [
      'for a longer time than signed',
      (path) => path.replace('Expires=60', 'Expires=61'),
      403,
      'SignatureDoesNotMatch',
    ],
    ['with a parameter more than signed', (path) => `${path}&versionId=null`, 403, 'SignatureDoesNotMatch'],
  ])('is refused %s', async (_, change, status, code) => {
    expect(await sendRaw(standIn, { path: change(await presign(60)) })).toMatchObject({ status, code });
  });

  it('is refused together with an Authorization header', async () => {
    const { headers } = await signRaw(standIn, { path: '/plain/key' });
    const response = await sendRaw(standIn, { path: await presign(60), headers: headers! });
    expect(response).toMatchObject({ status: 400, code: 'InvalidArgument' });
  });
});

describe('who may', () => {
  it('unsigned requests read only where the bucket says so', async () => {
    expect(await sendRaw(standIn, { path: '/plain/key' })).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    });
    expect(await sendRaw(standIn, { path: '/open/key' })).toMatchObject({ status: 200, body: 'content' });
    expect(await sendRaw(standIn, { path: '/open?list-type=2' })).toMatchObject({ status: 200 });
  });

  it.each(['PUT', 'DELETE'])('unsigned %s is refused everywhere', async (method) => {
    const response = await sendRaw(standIn, { method, path: '/open/key', body: '' });
    expect(response).toMatchObject({ status: 403, code: 'AccessDenied' });
  });

  it('requester pays needs the promise to pay', async () => {
    const client = clientOf(standIn);
    const ask = { Bucket: 'paid-for', Key: 'key' };
    await expect(client.send(new GetObjectCommand(ask))).rejects.toMatchObject({ name: 'AccessDenied' });
    const { RequestCharged } = await client.send(new GetObjectCommand({ ...ask, RequestPayer: 'requester' }));
    expect(RequestCharged).toBe('requester');
    await expect(client.send(new ListObjectsV2Command({ Bucket: 'paid-for' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('a read-only bucket is read, not written', async () => {
    const client = clientOf(standIn);
    expect(await getAs({}, 'look-only')).toMatchObject({ ContentLength: 7 });
    const write = client.send(new PutObjectCommand({ Bucket: 'look-only', Key: 'key', Body: 'x' }));
    await expect(write).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('regions', () => {
  const head = new HeadBucketCommand({ Bucket: 'european' });

  it('a bucket that lives elsewhere redirects, naming its region', async () => {
    const response = await sendSigned(standIn, { path: '/european/key' });
    expect(response).toMatchObject({
      status: 301,
      code: 'PermanentRedirect',
      headers: { 'x-amz-bucket-region': 'eu-central-1' },
    });
    expect(response.body).toContain('<Endpoint>s3.eu-central-1.amazonaws.com</Endpoint>');
    await expect(clientOf(standIn).send(head)).rejects.toMatchObject({ $metadata: { httpStatusCode: 301 } });
  });

  it('is let in when signed for its region', async () => {
    const client = clientOf(standIn, { region: 'eu-central-1' });
    expect(await client.send(head)).toMatchObject({ BucketRegion: 'eu-central-1' });
  });

  it('the SDK finds the region by itself when told to follow', async () => {
    const client = clientOf(standIn, { followRegionRedirects: true });
    expect(await client.send(head)).toMatchObject({ BucketRegion: 'eu-central-1' });
  });

  it('a request signed for a third region is told which is expected', async () => {
    const client = clientOf(standIn, { region: 'ap-south-1' });
    const get = client.send(new GetObjectCommand({ Bucket: 'plain', Key: 'key' }));
    await expect(get).rejects.toMatchObject({
      name: 'AuthorizationHeaderMalformed',
      Region: 'us-east-1',
      $metadata: { httpStatusCode: 400 },
    });
  });
});

describe('what is not there or not played', () => {
  it.each<[string, string, number, string]>([
    ['a bucket', '/nowhere/key', 404, 'NoSuchBucket'],
    ['a name that no bucket can have', '/Not_A_Bucket/key', 400, 'InvalidBucketName'],
    ['an object', '/plain/absent', 404, 'NoSuchKey'],
    ['a version', '/plain/key?versionId=abc', 404, 'NoSuchVersion'],
    ['an operation', '/plain?acl', 501, 'NotImplemented'],
    ['the first kind of listing', '/plain', 501, 'NotImplemented'],
    ['a parameter', '/plain/key?partNumber=1', 501, 'NotImplemented'],
    ['a longer key than S3 takes', `/plain/${'k'.repeat(1025)}`, 400, 'KeyTooLongError'],
    ['text that is no UTF-8', '/plain/%ff', 400, 'InvalidURI'],
  ])('%s', async (_, path, status, code) => {
    expect(await sendSigned(standIn, { path })).toMatchObject({ status, code });
  });

  it('an error names its place and carries a request id', async () => {
    const { body, headers } = await sendSigned(standIn, { path: '/plain/ab%20sent' });
    expect(headers['content-type']).toBe('application/xml');
    expect(body).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchKey<\/Code><Message>The specified key does not exist.<\/Message><Key>ab sent<\/Key><RequestId>[0-9A-F]{16}<\/RequestId><HostId>.+<\/HostId><\/Error>$/,
    );
    expect(body).toContain(headers['x-amz-request-id']);
  });

  it('HEAD answers without a body', async () => {
    const response = await sendSigned(standIn, { method: 'HEAD', path: '/plain/absent' });
    expect(response).toMatchObject({ status: 404, body: '' });
  });

  it('a header with a meaning that is not played', async () => {
    const headers = { 'x-amz-copy-source': '/plain/key' };
    const response = await sendSigned(standIn, { method: 'PUT', path: '/plain/copy', headers });
    expect(response).toMatchObject({ status: 501, code: 'NotImplemented' });
  });
});
