import { once } from 'node:events';
import { request } from 'node:http';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientOf } from './client.ts';
import { startS3StandIn } from '../src/index.ts';
import type { S3StandIn } from '../src/index.ts';
import { sendSigned, signRaw } from './raw-request.ts';

let standIn: S3StandIn;
let client: S3Client;

beforeEach(async () => {
  standIn = await startS3StandIn({ buckets: { state: {}, kept: { versioning: true } } });
  client = clientOf(standIn);
});
afterEach(async () => {
  client.destroy();
  await standIn.close();
});

const put = (more: Partial<PutObjectCommandInput>) =>
  client.send(new PutObjectCommand({ Bucket: 'state', Key: 'lease', Body: 'mine', ...more }));
const remove = (more: object = {}) =>
  client.send(new DeleteObjectCommand({ Bucket: 'state', Key: 'lease', ...more }));
const text = async () => (await standIn.control.read('state', 'lease')).toString();

describe('PutObject If-None-Match: *', () => {
  it('of 8 at the same time exactly one wins, and its bytes stay', async () => {
    for (let round = 0; round < 5; round++) {
      const Key = `race-${round}`;
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, async (_, writer) => {
          await put({ Key, Body: `writer ${writer}`, IfNoneMatch: '*' });
          return writer;
        }),
      );
      const winners = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
      const losers = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
      );
      expect(winners).toHaveLength(1);
      for (const loser of losers) expect(loser).toMatchObject({ name: 'PreconditionFailed' });
      expect((await standIn.control.read('state', Key)).toString()).toBe(`writer ${winners[0]}`);
    }
  });

  it('is refused with 412 while the object exists, with any other value 501', async () => {
    await put({ IfNoneMatch: '*' });
    await expect(put({ IfNoneMatch: '*' })).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
    await expect(put({ IfNoneMatch: '"etag"' })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 501 },
    });
  });

  it('is let through by a delete marker', async () => {
    await put({ Bucket: 'kept', IfNoneMatch: '*' });
    await expect(put({ Bucket: 'kept', IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    await remove({ Bucket: 'kept' });
    await expect(put({ Bucket: 'kept', IfNoneMatch: '*' })).resolves.toBeDefined();
  });
});

describe('PutObject If-Match', () => {
  it('writes over what was read, not over anything newer', async () => {
    const { ETag: first } = await put({});
    const { ETag: second } = await put({ Body: 'second', IfMatch: first! });
    await expect(put({ Body: 'third', IfMatch: first! })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    expect(await text()).toBe('second');
    expect(second).not.toBe(first);
  });

  it('of 8 at the same time exactly one wins', async () => {
    const { ETag } = await put({});
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, writer) => put({ Body: `writer ${writer}`, IfMatch: ETag! })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is 404 when there is nothing', async () => {
    const missing = put({ IfMatch: '"5d41402abc4b2a76b9719d911017c592"' });
    await expect(missing).rejects.toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } });
  });

  it('is not taken together with If-None-Match', async () => {
    const both = put({ IfMatch: '"a"', IfNoneMatch: '*' });
    await expect(both).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});

describe('a delete during a conditional write', () => {
  it.each([
    ['if-none-match', () => '*'],
    ['if-match', (etag: string) => `"${etag}"`],
  ])('makes %s a 409', async (name, value) => {
    const { etag } = await standIn.control.put('state', 'lease', 'theirs');
    const { path, headers, body } = await signRaw(standIn, {
      method: 'PUT',
      path: '/state/lease',
      headers: { [name]: value(etag) },
      body: 'mine',
    });
    const { hostname, port } = new URL(standIn.endpoint);
    const outgoing = request({
      hostname,
      port,
      path,
      method: 'PUT',
      headers: { ...headers, 'content-length': 4 },
    });
    // The write has begun when half of its body has arrived; only then does the delete come.
    outgoing.write(body!.slice(0, 2));
    await waitUntil(() => standIn.control.requests.entries()[0]?.bytesReceived === 2);
    standIn.control.delete('state', 'lease');
    outgoing.end(body!.slice(2));
    const [response] = (await once(outgoing, 'response')) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(409);
    expect(standIn.control.requests.entries()[0]?.errorCode).toBe('ConditionalRequestConflict');
    expect(standIn.control.list('state')).toEqual([]);
  });
});

describe('DeleteObject', () => {
  it('without a condition succeeds also when there is nothing', async () => {
    await expect(remove()).resolves.toMatchObject({ $metadata: { httpStatusCode: 204 } });
  });

  it('If-Match deletes what was read, not anything newer', async () => {
    const { ETag } = await put({});
    await put({ Body: 'newer' });
    await expect(remove({ IfMatch: ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(await text()).toBe('newer');
    await remove({ IfMatch: '*' });
    expect(standIn.control.list('state')).toEqual([]);
  });

  it.each(['*', '"5d41402abc4b2a76b9719d911017c592"'])(
    'If-Match: %s is 404 when there is nothing',
    async (etag) => {
      const headers = { 'if-match': etag };
      const response = await sendSigned(standIn, { method: 'DELETE', path: '/state/lease', headers });
      expect(response).toMatchObject({ status: 404, code: 'NoSuchKey' });
    },
  );

  it('If-Match with a version id is not played by S3', async () => {
    const headers = { 'if-match': '*' };
    const response = await sendSigned(standIn, {
      method: 'DELETE',
      path: '/kept/lease?versionId=null',
      headers,
    });
    expect(response).toMatchObject({ status: 501, code: 'NotImplemented' });
  });
});

/** Until a condition on this process's own state holds; each look lets the sockets be read first. */
async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
