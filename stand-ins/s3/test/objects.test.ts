import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clientOf } from './client.ts';
import { startS3StandIn } from '../src/index.ts';
import type { S3StandIn } from '../src/index.ts';
import { sendRaw, sendSigned, signRaw } from './raw-request.ts';
import type { RawRequest } from './raw-request.ts';

const awkwardKeys = [
  'a b',
  'ü',
  '1+1',
  '100%',
  '%41',
  'a//b',
  '../up',
  './x',
  '/lead',
  'tail/',
  '😀',
  'q?a=b&c#d',
  "!'()*~",
  '\\',
];

const get = (client: S3Client, key: string, more = {}) =>
  client.send(new GetObjectCommand({ Bucket: 'data', Key: key, ...more }));
const put = (client: S3Client, key: string, more: Partial<PutObjectCommandInput> = {}) =>
  client.send(new PutObjectCommand({ Bucket: 'data', Key: key, Body: 'content', ...more }));
const md5 = (bytes: Buffer | string) => createHash('md5').update(bytes).digest('hex');

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

describe.each(['WHEN_SUPPORTED', 'WHEN_REQUIRED'] as const)('the SDK with checksums %s', (when) => {
  beforeEach(() => {
    client.destroy();
    client = clientOf(standIn, { requestChecksumCalculation: when, responseChecksumValidation: when });
  });

  it.each(awkwardKeys)('writes, reads, heads and deletes the key %s', async (key) => {
    const { ETag } = await put(client, key);
    expect(ETag).toBe(`"${md5('content')}"`);
    expect(standIn.control.list('data')).toMatchObject([{ key, size: 7 }]);
    const read = await get(client, key);
    expect(await read.Body!.transformToString()).toBe('content');
    expect(await client.send(new HeadObjectCommand({ Bucket: 'data', Key: key }))).toMatchObject({
      ETag,
      ContentLength: 7,
      AcceptRanges: 'bytes',
    });
    await client.send(new DeleteObjectCommand({ Bucket: 'data', Key: key }));
    expect(standIn.control.list('data')).toEqual([]);
  });

  it('writes an empty object', async () => {
    await put(client, 'empty', { Body: '' });
    expect(await (await get(client, 'empty')).Body!.transformToByteArray()).toHaveLength(0);
  });

  it('streams 5 MB up and down', async () => {
    const bytes = randomBytes(5_000_000);
    const pieces = Array.from({ length: 50 }, (_, index) =>
      bytes.subarray(index * 100_000, (index + 1) * 100_000),
    );
    await put(client, 'stream', { Body: Readable.from(pieces), ContentLength: bytes.length });
    const read = await (await get(client, 'stream')).Body!.transformToByteArray();
    expect(md5(Buffer.from(read))).toBe(md5(bytes));
    expect(await standIn.control.read('data', 'stream')).toHaveLength(bytes.length);
  });

  it('gets back content type, encoding and metadata', async () => {
    const Metadata = { place: 'here' };
    await put(client, 'described', { ContentType: 'text/csv', ContentEncoding: 'gzip', Metadata });
    expect(await client.send(new HeadObjectCommand({ Bucket: 'data', Key: 'described' }))).toMatchObject({
      ContentType: 'text/csv',
      ContentEncoding: 'gzip',
      Metadata,
    });
  });
});

describe('integrity of an upload', () => {
  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    '%s is verified and given back',
    async (name) => {
      const written = await put(client, 'sum', { ChecksumAlgorithm: name });
      const field = `Checksum${name}` as const;
      expect(written[field]).toMatch(/^[A-Za-z0-9+/]+=*$/);
      const read = await get(client, 'sum', { ChecksumMode: 'ENABLED' });
      expect(read[field]).toBe(written[field]);
      const wrong = put(client, 'wrong', {
        [field]: written[field]!.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')),
      });
      await expect(wrong).rejects.toMatchObject({ name: 'BadDigest' });
      expect(standIn.control.list('data', 'wrong')).toEqual([]);
    },
  );

  it('Content-MD5 is verified', async () => {
    const right = createHash('md5').update('content').digest('base64');
    await put(client, 'right', { ContentMD5: right });
    const other = createHash('md5').update('other').digest('base64');
    await expect(put(client, 'wrong', { ContentMD5: other })).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(put(client, 'wrong', { ContentMD5: 'no md5' })).rejects.toMatchObject({
      name: 'InvalidDigest',
    });
    expect(standIn.control.list('data')).toMatchObject([{ key: 'right' }]);
  });

  it('an upload without a length is refused', async () => {
    const signed = await signRaw(standIn, { method: 'PUT', path: '/data/key', body: 'content' });
    const headers = { ...signed.headers, 'transfer-encoding': 'chunked' };
    const response = await sendRaw(standIn, { ...signed, headers });
    expect(response).toMatchObject({ status: 411, code: 'MissingContentLength' });
  });

  it('chunks of less than 8 KiB are refused, except the last', async () => {
    const headers = {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '10000',
      'content-encoding': 'aws-chunked',
    };
    const chunk = (size: number) => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`;
    const send = async (body: string) => {
      const signed = await signRaw(standIn, { method: 'PUT', path: '/data/key', headers });
      const length = { 'content-length': String(body.length) };
      return sendRaw(standIn, { ...signed, headers: { ...signed.headers, ...length }, body });
    };
    expect(await send(`${chunk(9000)}${chunk(1000)}0\r\n\r\n`)).toMatchObject({ status: 200 });
    expect(await send(`${chunk(1000)}${chunk(9000)}0\r\n\r\n`)).toMatchObject({
      code: 'InvalidChunkSizeError',
    });
    expect(await send(`${chunk(9000)}0\r\n\r\n`)).toMatchObject({ code: 'IncompleteBody' });
    expect(await send(`${chunk(9000)}${chunk(1000)}`)).toMatchObject({ code: 'IncompleteBody' });
  });

  it('an upload that is refused before its end leaves the connection usable', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = ({ method, path, headers }: RawRequest, body = '') =>
      new Promise<{ status: number | undefined; port: number | undefined }>((resolve, reject) => {
        const outgoing = request(standIn.endpoint + path, { method, headers, agent }, (response) => {
          const port = response.socket.localPort;
          response.resume().on('end', () => resolve({ status: response.statusCode, port }));
        });
        outgoing.on('error', reject);
        outgoing.end(body);
      });
    const refused = await signRaw(standIn, {
      method: 'PUT',
      path: '/data/key',
      headers: {
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length': '3000000',
        'content-encoding': 'aws-chunked',
      },
    });
    const first = await send(refused, `no chunk\r\n${'x'.repeat(3_000_000)}`);
    expect(first.status).toBe(400);
    const second = await send(await signRaw(standIn, { path: '/data?location' }));
    expect(second).toEqual({ status: 200, port: first.port });
    agent.destroy();
  });
});

describe('large objects', () => {
  it('of a gigabyte cost neither memory nor disk when generated', async () => {
    const size = 1024 ** 3;
    const generate = (offset: number, length: number) => Buffer.alloc(length, offset % 251);
    await standIn.control.put('data', 'huge', { size, generate });
    const read = await get(client, 'huge', { Range: `bytes=${size - 3}-` });
    expect(read.ContentRange).toBe(`bytes ${size - 3}-${size - 1}/${size}`);
    expect(await read.Body!.transformToByteArray()).toEqual(new Uint8Array(3).fill((size - 3) % 251));
    expect(standIn.control.list('data')[0]?.etag).toMatch(/^[0-9a-f]{32}-128$/);
  });

  it('that fail to be generated are told as the failure of the stand-in', async () => {
    await standIn.control.put('data', 'broken', { size: 10, generate: () => Buffer.alloc(9) }, { etag: 'e' });
    const response = await get(client, 'broken');
    await expect(response.Body!.transformToByteArray()).rejects.toThrow('aborted');
    const [logged] = standIn.control.requests.of('GetObject');
    expect(logged?.failure).toContain('generate(0, 10) gave 9 bytes instead of 10');
  });

  it('are kept in a private directory that is gone after close', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'objects-test-'));
    vi.stubEnv('TMPDIR', folder);
    const other = await startS3StandIn({ buckets: { data: {} } });
    await other.control.put('data', 'small', randomBytes(1024));
    expect(await readdir(folder)).toEqual([]);
    await other.control.put('data', 'big', randomBytes(2_000_000));
    const [kept = ''] = await readdir(folder);
    expect((await stat(join(folder, kept))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, kept))).toHaveLength(1);
    await other.control.put('data', 'big', 'small now');
    await vi.waitFor(async () => expect(await readdir(join(folder, kept))).toEqual([]), 30_000);
    await other.close();
    expect(await readdir(folder)).toEqual([]);
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
});

describe('versions', () => {
  beforeEach(() => standIn.control.createBucket('kept', { versioning: true }));

  const getKept = (VersionId?: string) =>
    client.send(new GetObjectCommand({ Bucket: 'kept', Key: 'key', ...(VersionId && { VersionId }) }));

  it('are read by their id, and a delete only hides them', async () => {
    const ids: string[] = [];
    for (const Body of ['one', 'two']) {
      const { VersionId } = await client.send(new PutObjectCommand({ Bucket: 'kept', Key: 'key', Body }));
      ids.push(VersionId!);
    }
    expect(await (await getKept()).Body!.transformToString()).toBe('two');
    expect(await (await getKept(ids[0])).Body!.transformToString()).toBe('one');

    const deleted = await client.send(new DeleteObjectCommand({ Bucket: 'kept', Key: 'key' }));
    expect(deleted.DeleteMarker).toBe(true);
    const marker = await sendSigned(standIn, { path: '/kept/key' });
    expect(marker).toMatchObject({
      status: 404,
      code: 'NoSuchKey',
      headers: { 'x-amz-delete-marker': 'true' },
    });
    await expect(getKept(deleted.VersionId)).rejects.toMatchObject({ name: 'MethodNotAllowed' });
    expect(await (await getKept(ids[1])).Body!.transformToString()).toBe('two');

    const unhide = { Bucket: 'kept', Key: 'key', VersionId: deleted.VersionId };
    await client.send(new DeleteObjectCommand(unhide));
    expect(await getKept()).toMatchObject({ VersionId: ids[1] });
  });
});

describe('the rest', () => {
  it('the location of the oldest region has no name', async () => {
    standIn.control.createBucket('frankfurt', { region: 'eu-central-1' });
    const oldest = await client.send(new GetBucketLocationCommand({ Bucket: 'data' }));
    expect(oldest.LocationConstraint).toBeUndefined();
    const path = '/frankfurt?location';
    expect(await sendSigned(standIn, { path })).toMatchObject({ status: 301 });
    const there = clientOf(standIn, { region: 'eu-central-1' });
    const named = await there.send(new GetBucketLocationCommand({ Bucket: 'frankfurt' }));
    expect(named.LocationConstraint).toBe('eu-central-1');
  });

  it('archived objects are listed and headed, not read', async () => {
    await standIn.control.put('data', 'cold', 'x', { storageClass: 'GLACIER' });
    const head = await client.send(new HeadObjectCommand({ Bucket: 'data', Key: 'cold' }));
    expect(head.StorageClass).toBe('GLACIER');
    await expect(get(client, 'cold')).rejects.toMatchObject({
      name: 'InvalidObjectState',
      StorageClass: 'GLACIER',
    });
  });

  it('virtual-host style reaches the same object', async () => {
    await standIn.control.put('data', 'a/b', 'content');
    const signed = await signRaw(standIn, { path: '/a/b', headers: { host: 'data.localhost:1' } });
    expect(await sendRaw(standIn, signed)).toMatchObject({ status: 200, body: 'content' });
  });

  it('the log says what was asked, and the counters how much', async () => {
    await standIn.control.put('data', 'key', '0123456789');
    const read = await get(client, 'key', {
      Range: 'bytes=2-4',
      IfMatch: '"781e5e245d69b566979b86e28d23f2c7"',
    });
    await read.Body!.transformToString();
    await get(client, 'absent').catch(() => undefined);
    expect(standIn.control.requests.of('GetObject')).toMatchObject([
      {
        method: 'GET',
        bucket: 'data',
        key: 'key',
        range: 'bytes=2-4',
        conditions: { 'if-match': '"781e5e245d69b566979b86e28d23f2c7"' },
        signed: true,
        status: 206,
        bytesSent: 3,
      },
      { key: 'absent', status: 404, errorCode: 'NoSuchKey' },
    ]);
    expect(standIn.control.requests.counters).toMatchObject({ requests: 2, open: 0, peakOpen: 1 });
  });
});
