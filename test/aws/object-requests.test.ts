import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { createDownloads } from '../../src/aws/download.ts';
import type { Request } from '../../src/aws/http-text.ts';
import { ObjectRequests } from '../../src/aws/object-requests.ts';
import { startS3StandIn } from '../../stand-ins/s3/src/index.ts';

const keys = [
  'a.csv',
  'sales/2026/a b.csv',
  "sales/!'()*~-_.csv",
  'sales/100%,=+&?#@:;$.csv',
  'sales/%2F/ü/売上/../x//y',
];

async function bucketWith(expiration?: Date) {
  const standIn = await startS3StandIn({ buckets: { lake: {} } });
  for (const key of keys) await standIn.control.put('lake', key, key);
  const client = new S3Client({
    region: standIn.region,
    endpoint: standIn.endpoint,
    forcePathStyle: true,
    credentials: { ...standIn.credentials, ...(expiration && { expiration }) },
  });
  const downloads = createDownloads();
  onTestFinished(async () => {
    downloads.close();
    client.destroy();
    await standIn.close();
  });
  const requests = new ObjectRequests();
  /** What the SDK sends for a key. */
  const made = async (key: string) => {
    const command = new GetObjectCommand({ Bucket: 'lake', Key: key });
    requests.learn(command, key);
    const sent: Request[] = [];
    command.middlewareStack.add(
      (next) => (step) => {
        sent.push(step.request as Request);
        return next(step);
      },
      { step: 'deserialize', priority: 'low' },
    );
    const { Body } = await client.send(command);
    await Body?.transformToString();
    return sent[0]!;
  };
  return { requests, made, downloads, control: standIn.control };
}

test('are as the SDK makes them, whatever a key contains', async () => {
  const { requests, made, downloads, control } = await bucketWith();
  expect(await requests.make('a.csv', {}, {})).toBeUndefined();
  const { signal } = new AbortController();
  const first = await made('sales/2026/a b.csv');
  const after = new Map<string, Request>();
  for (const key of keys) after.set(key, (await requests.make(key, {}, { range: 'bytes=0-0' }))!);
  for (const key of keys) {
    const request = after.get(key)!;
    expect(request).toMatchObject({ method: 'GET', hostname: first.hostname, query: first.query });
    expect(request.path).toBe((await made(key)).path);
    const { response, isRefused, body } = await downloads.get(request, signal);
    expect([response.statusCode, isRefused]).toEqual([206, false]);
    await body.read(Buffer.alloc(1), () => undefined);
  }
  expect(control.requests.of('GetObject').every(({ signed }) => signed)).toBe(true);
});

test('ask for a version, and an ETag, which nothing of the pattern changes', async () => {
  const { requests, made, control, downloads } = await bucketWith();
  await made('a.csv');
  const request = await requests.make('a.csv', { versionId: 'null' }, { 'if-match': '"other"' });
  const { isRefused, response } = await downloads.get(request!, new AbortController().signal);
  expect([isRefused, response.statusCode]).toEqual([true, 412]);
  expect(control.requests.of('GetObject').at(-1)).toMatchObject({
    query: { 'x-id': 'GetObject', versionId: 'null' },
    conditions: { 'if-match': '"other"' },
  });
});

test('are left to the SDK after a refusal, and when credentials are about to end', async () => {
  const { requests, made } = await bucketWith();
  await made('a.csv');
  expect(await requests.make('a.csv', {}, {})).toBeDefined();
  requests.forget();
  expect(await requests.make('a.csv', {}, {})).toBeUndefined();
  const ending = await bucketWith(new Date(Date.now() + 5 * 60_000));
  await ending.made('a.csv');
  expect(await ending.requests.make('a.csv', {}, {})).toBeUndefined();
});
