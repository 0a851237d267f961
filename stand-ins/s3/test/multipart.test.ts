import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clientOf } from './client.ts';
import { startS3StandIn } from '../src/index.ts';
import type { S3StandIn } from '../src/index.ts';

const where = { Bucket: 'data', Key: 'big file' };
const first = randomBytes(5 * 1024 * 1024);
const last = randomBytes(1234);

let standIn: S3StandIn;
let client: S3Client;
let UploadId: string;

beforeEach(async () => {
  standIn = await startS3StandIn({ buckets: { data: {} } });
  client = clientOf(standIn);
  const created = await client.send(new CreateMultipartUploadCommand({ ...where, ContentType: 'text/csv' }));
  UploadId = created.UploadId!;
});
afterEach(async () => {
  client.destroy();
  await standIn.close();
});

async function upload(PartNumber: number, Body: Buffer): Promise<CompletedPart> {
  const { ETag } = await client.send(new UploadPartCommand({ ...where, UploadId, PartNumber, Body }));
  return { PartNumber, ETag: ETag! };
}

const complete = (Parts: CompletedPart[], more: object = {}) =>
  client.send(
    new CompleteMultipartUploadCommand({ ...where, UploadId, MultipartUpload: { Parts }, ...more }),
  );

it('parts become one object, in the order of their numbers', async () => {
  const two = await upload(2, last);
  const one = await upload(1, first);
  expect(standIn.control.list('data')).toEqual([]);
  const { ETag } = await complete([one, two]);

  const digests = [first, last].map((part) => createHash('md5').update(part).digest());
  expect(ETag).toBe(`"${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-2"`);
  expect((await standIn.control.read('data', 'big file')).equals(Buffer.concat([first, last]))).toBe(true);

  const boundary = `bytes=${first.length - 2}-${first.length + 1}`;
  const read = await client.send(new GetObjectCommand({ ...where, Range: boundary }));
  expect(read.ContentType).toBe('text/csv');
  expect(Buffer.from(await read.Body!.transformToByteArray())).toEqual(
    Buffer.concat([first.subarray(-2), last.subarray(0, 2)]),
  );
});

it('a wrong list of parts is refused', async () => {
  const small = await upload(1, last);
  const two = await upload(2, first);
  await expect(complete([two, small])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  await expect(complete([small, two])).rejects.toMatchObject({ name: 'EntityTooSmall' });
  await expect(complete([{ ...two, ETag: small.ETag }])).rejects.toMatchObject({ name: 'InvalidPart' });
  await expect(complete([{ ...two, PartNumber: 3 }])).rejects.toMatchObject({ name: 'InvalidPart' });
  expect(standIn.control.list('data')).toEqual([]);
});

it('completing can be conditional', async () => {
  const one = await upload(1, last);
  await standIn.control.put('data', 'big file', 'was faster');
  await expect(complete([one], { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  expect((await standIn.control.read('data', 'big file')).toString()).toBe('was faster');
});

it('an aborted upload is gone', async () => {
  const one = await upload(1, last);
  await client.send(new AbortMultipartUploadCommand({ ...where, UploadId }));
  await expect(complete([one])).rejects.toMatchObject({ name: 'NoSuchUpload' });
  await expect(upload(1, last)).rejects.toMatchObject({ name: 'NoSuchUpload' });
});
