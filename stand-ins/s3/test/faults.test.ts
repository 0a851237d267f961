import { once } from 'node:events';
import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clientOf } from './client.ts';
import { startS3StandIn } from '../src/index.ts';
import type { FaultAct, S3StandIn } from '../src/index.ts';
import { sendSigned } from './raw-request.ts';

const content = Buffer.alloc(1_000_000, 'old bytes ');

let standIn: S3StandIn;
let client: S3Client;

beforeEach(async () => {
  standIn = await startS3StandIn({ buckets: { lake: {} } });
  client = clientOf(standIn);
  await standIn.control.put('lake', 'key', content);
});
afterEach(async () => {
  client.destroy();
  await standIn.close();
});

const get = (more: object = {}, key = 'key') =>
  client.send(new GetObjectCommand({ Bucket: 'lake', Key: key, ...more }));
const put = () => client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'new', Body: content }));
const onGet = (act: FaultAct) => standIn.control.faults.add({ operation: 'GetObject', act });

/** Returns the part of the body that arrives, and how it ends. */
async function drain(response: Awaited<ReturnType<typeof get>>): Promise<{ bytes: Buffer; error: unknown }> {
  const chunks: Buffer[] = [];
  let error: unknown;
  try {
    for await (const chunk of response.Body as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (caught) {
    error = caught;
  }
  return { bytes: Buffer.concat(chunks), error };
}

describe('which requests are hit', () => {
  it('the nth of an operation on a key, so many times', async () => {
    await standIn.control.put('lake', 'other', 'x');
    standIn.control.faults.add({
      operation: 'GetObject',
      key: /^k/,
      nth: 2,
      times: 2,
      act: { kind: 'error', code: 'SlowDown' },
    });
    const outcomes: string[] = [];
    for (const key of ['key', 'other', 'key', 'other', 'key', 'key']) {
      const outcome = await get({}, key).catch((error: unknown) => error as Error);
      outcomes.push(outcome instanceof Error ? outcome.name : 'ok');
      if (!(outcome instanceof Error)) await drain(outcome);
    }
    expect(outcomes).toEqual(['ok', 'ok', 'SlowDown', 'ok', 'SlowDown', 'ok']);
    expect(standIn.control.faults.pending()).toEqual([]);
  });

  it('those that never come are told as pending', () => {
    onGet({ kind: 'error', code: 'SlowDown' });
    expect(standIn.control.faults.pending()).toHaveLength(1);
    standIn.control.faults.clear();
    expect(standIn.control.faults.pending()).toEqual([]);
  });

  it('a request that is refused by itself uses up no fault', async () => {
    onGet({ kind: 'error', code: 'SlowDown' });
    const stranger = clientOf(standIn, { credentials: { accessKeyId: 'NOBODY', secretAccessKey: 'x' } });
    const refused = stranger.send(new GetObjectCommand({ Bucket: 'lake', Key: 'key' }));
    await expect(refused).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
    expect(standIn.control.faults.pending()).toHaveLength(1);
  });
});

describe('errors', () => {
  it.each([
    ['InternalError', 500],
    ['SlowDown', 503],
    ['AccessDenied', 403],
    ['ExpiredToken', 400],
    ['ConditionalRequestConflict', 409],
  ] as const)('%s is answered with its XML', async (code, status) => {
    onGet({ kind: 'error', code });
    const response = await sendSigned(standIn, { path: '/lake/key' });
    expect(response).toMatchObject({ status, code, headers: { 'content-type': 'application/xml' } });
    expect(standIn.control.requests.of('GetObject')).toMatchObject([
      { fault: 'error', errorCode: code, status },
    ]);
  });

  it.each(['ListObjectsV2', 'HeadObject', 'PutObject'] as const)('%s can fail too', async (operation) => {
    standIn.control.faults.add({ operation, act: { kind: 'error', code: 'SlowDown' } });
    const send = {
      ListObjectsV2: () => client.send(new ListObjectsV2Command({ Bucket: 'lake' })),
      HeadObject: () => client.send(new HeadObjectCommand({ Bucket: 'lake', Key: 'key' })),
      PutObject: put,
    }[operation];
    await expect(send()).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
    await expect(send()).resolves.toBeDefined();
  });

  it('the SDK gets over a SlowDown and an InternalError by itself', async () => {
    onGet({ kind: 'error', code: 'SlowDown' });
    onGet({ kind: 'error', code: 'InternalError' });
    const patient = clientOf(standIn, { maxAttempts: 3 });
    const response = await patient.send(new GetObjectCommand({ Bucket: 'lake', Key: 'key' }));
    expect(response.$metadata.attempts).toBe(3);
    await drain(response);
    patient.destroy();
  });

  it('a wrong region, for GET and HEAD', async () => {
    const act: FaultAct = { kind: 'wrong-region', region: 'eu-west-1', code: 'PermanentRedirect' };
    for (const operation of ['GetObject', 'HeadBucket'] as const)
      standIn.control.faults.add({ operation, act });
    const response = await sendSigned(standIn, { path: '/lake/key' });
    expect(response).toMatchObject({ status: 301, headers: { 'x-amz-bucket-region': 'eu-west-1' } });
    const head = client.send(new HeadBucketCommand({ Bucket: 'lake' }));
    await expect(head).rejects.toMatchObject({
      $metadata: { httpStatusCode: 301 },
      $response: { headers: { 'x-amz-bucket-region': 'eu-west-1' } },
    });
  });

  it('a signature for the wrong region', async () => {
    onGet({ kind: 'wrong-region', region: 'eu-west-1', code: 'AuthorizationHeaderMalformed' });
    await expect(get()).rejects.toMatchObject({ name: 'AuthorizationHeaderMalformed', Region: 'eu-west-1' });
  });
});

describe('connections', () => {
  it('are reset with nothing done', async () => {
    standIn.control.faults.add({ operation: 'PutObject', act: { kind: 'reset' } });
    await expect(put()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(standIn.control.list('lake', 'new')).toEqual([]);
    expect(standIn.control.requests.of('PutObject')).toMatchObject([{ fault: 'reset', bytesReceived: 0 }]);
  });

  it('are reset in mid-read', async () => {
    onGet({ kind: 'reset', afterBytes: 300_000 });
    const response = await get();
    expect(response.ContentLength).toBe(content.length);
    const { bytes, error } = await drain(response);
    expect(error).toBeDefined();
    expect(bytes.length).toBeLessThanOrEqual(300_000);
    expect(standIn.control.requests.of('GetObject')).toMatchObject([{ status: 200, bytesSent: 300_000 }]);
  });

  it('are reset in mid-upload, and nothing is kept', async () => {
    standIn.control.faults.add({ operation: 'PutObject', act: { kind: 'reset', afterBytes: 300_000 } });
    await expect(put()).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) as string });
    expect(standIn.control.list('lake', 'new')).toEqual([]);
  });

  it('are reset after the write was done', async () => {
    standIn.control.faults.add({ operation: 'PutObject', act: { kind: 'lost-answer' } });
    await expect(put()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(standIn.control.list('lake', 'new')).toMatchObject([{ size: content.length }]);
  });

  it('end early, in order, with less than Content-Length says', async () => {
    onGet({ kind: 'truncate', afterBytes: 300_000 });
    const response = await get();
    expect(response.ContentLength).toBe(content.length);
    const { bytes, error } = await drain(response);
    expect(bytes.equals(content.subarray(0, 300_000))).toBe(true);
    expect(error).toMatchObject({ message: 'aborted' });
  });
});

describe('time', () => {
  it('a slow body comes whole, in small pieces', async () => {
    const act = { kind: 'slow', chunkBytes: 100_000, everyMs: 5 } as const;
    standIn.control.faults.add({ operation: 'GetObject', times: 2, act });
    const began = performance.now();
    const reads = await Promise.all([drain(await get()), drain(await get())]);
    for (const { bytes } of reads) expect(bytes.equals(content)).toBe(true);
    expect(performance.now() - began).toBeGreaterThan(40);
    expect(standIn.control.requests.counters).toMatchObject({ requests: 2, peakOpen: 2 });
  });

  it('a stalled body stops for good, until the client gives up', async () => {
    onGet({ kind: 'stall', afterBytes: 300_000 });
    const response = await get();
    const stalled = response.Body as Readable;
    let received = 0;
    stalled.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received >= 300_000) stalled.destroy();
    });
    await once(stalled, 'close');
    expect(received).toBe(300_000);
    await vi.waitFor(() => expect(standIn.control.requests.counters.open).toBe(0), 30_000);
  });

  it('a silent server sends not even headers', async () => {
    onGet({ kind: 'stall' });
    const get = client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'key' }), {
      abortSignal: AbortSignal.timeout(50),
    });
    await expect(get).rejects.toMatchObject({ name: 'AbortError' });
    expect(standIn.control.requests.of('GetObject')[0]?.status).toBeUndefined();
  });
});

describe('an object replaced in mid-read', () => {
  it('the read goes on with the old bytes, the next one is refused', async () => {
    onGet({ kind: 'replace', afterBytes: 300_000, body: 'new', then: 'finish' });
    const first = await get();
    const { bytes } = await drain(first);
    expect(bytes.equals(content)).toBe(true);
    const rest = get({ Range: 'bytes=1-', IfMatch: first.ETag });
    await expect(rest).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(await (await get()).Body!.transformToString()).toBe('new');
  });

  it('the read breaks off, and cannot be taken up again', async () => {
    onGet({ kind: 'replace', afterBytes: 300_000, body: 'new', then: 'reset' });
    const first = await get();
    const { error } = await drain(first);
    expect(error).toBeDefined();
    const rest = get({ Range: 'bytes=300000-', IfMatch: first.ETag });
    await expect(rest).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
  });

  it('also when the old object lies on disk', async () => {
    const big = Buffer.alloc(3_000_000, 'on disk ');
    await standIn.control.put('lake', 'key', big);
    onGet({ kind: 'replace', afterBytes: 1_000_000, body: 'new', then: 'finish' });
    const { bytes } = await drain(await get());
    expect(bytes.equals(big)).toBe(true);
  });
});
