import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, it } from 'vitest';

const bin = fileURLToPath(new URL('../bin.js', import.meta.url));

let folder: string;
let process_: ChildProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'main-test-'));
});
afterEach(async () => {
  process_?.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

/** Starts the command and reads the variables that it prints for a shell. */
async function start(...args: string[]): Promise<Record<string, string>> {
  process_ = spawn(process.execPath, [bin, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const chunk of process_.stdout!) {
    output += String(chunk);
    if (output.includes('AWS_SECRET_ACCESS_KEY=') && output.endsWith('\n')) break;
  }
  const lines = [...output.matchAll(/^export (\w+)=(.*)$/gm)];
  return Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value] as const));
}

function clientFrom(variables: Record<string, string>): S3Client {
  return new S3Client({
    endpoint: variables.AWS_ENDPOINT_URL_S3!,
    region: variables.AWS_REGION!,
    forcePathStyle: true,
    credentials: {
      accessKeyId: variables.AWS_ACCESS_KEY_ID!,
      secretAccessKey: variables.AWS_SECRET_ACCESS_KEY!,
    },
  });
}

it('shows sub folders as read-only buckets that follow their files, and ends on SIGTERM', async () => {
  await mkdir(join(folder, 'sales', '2026'), { recursive: true });
  await writeFile(join(folder, 'sales', '2026', 'ü b.csv'), 'id\n1\n');
  const client = clientFrom(await start('--dir', folder));
  const get = async () => {
    const read = await client.send(new GetObjectCommand({ Bucket: 'sales', Key: '2026/ü b.csv' }));
    return { etag: read.ETag, text: await read.Body!.transformToString() };
  };
  const list = async () =>
    ((await client.send(new ListObjectsV2Command({ Bucket: 'sales' }))).Contents ?? []).map(({ Key }) => Key);

  const before = await get();
  expect(before.text).toBe('id\n1\n');
  expect(await list()).toEqual(['2026/ü b.csv']);

  await writeFile(join(folder, 'sales', '2026', 'ü b.csv'), 'id\n1\n2\n');
  const after = await get();
  expect(after.text).toBe('id\n1\n2\n');
  expect(after.etag).not.toBe(before.etag);

  const write = client.send(new PutObjectCommand({ Bucket: 'sales', Key: 'new', Body: 'x' }));
  await expect(write).rejects.toMatchObject({ name: 'AccessDenied' });
  await rm(join(folder, 'sales', '2026'), { recursive: true });
  expect(await list()).toEqual([]);

  client.destroy();
  const ended = once(process_!, 'exit');
  process_!.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

it('has a writable bucket when no folder is given', async () => {
  const client = clientFrom(await start());
  await client.send(new PutObjectCommand({ Bucket: 'demo', Key: 'key', Body: 'x' }));
  const read = await client.send(new GetObjectCommand({ Bucket: 'demo', Key: 'key' }));
  expect(await read.Body!.transformToString()).toBe('x');
  client.destroy();
});

it('--help names its options and starts nothing', async () => {
  process_ = spawn(process.execPath, [bin, '--help'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  process_.stdout!.on('data', (chunk) => (output += String(chunk)));
  expect(await once(process_, 'close')).toEqual([0, null]);
  expect(output).toContain('--dir FOLDER');
  expect(output).not.toContain('export');
});
