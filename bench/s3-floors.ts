import { once } from 'node:events';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { copyBytes, loadByPaths } from './engine.ts';
import type { Columns, Objects } from './s3-objects.ts';
import type { StandIn } from './s3-stand-in.ts';

/** All files in one COPY, or two halves side by side: whichever is quicker. */
export async function loadBest(
  files: readonly string[],
  columns: Columns,
  folder: string,
  binary?: string,
): Promise<{ seconds: number; cpu: number }> {
  const whole = await loadByPaths([files], columns, 'format csv', folder, binary);
  if (files.length === 1) return whole;
  const half = Math.ceil(files.length / 2);
  const lists = [files.slice(0, half), files.slice(half)];
  const halves = await loadByPaths(lists, columns, 'format csv', folder, binary);
  return whole.seconds < halves.seconds ? whole : halves;
}

/** All objects fetched by eight requests at a time and thrown away. */
export async function drain({ bucket, keys }: Objects, standIn: StandIn): Promise<void> {
  const client = clientOf(standIn);
  const left = [...keys];
  const take = async () => {
    for (let key = left.shift(); key !== undefined; key = left.shift()) {
      const body = await bodyOf(client, bucket, key);
      body.resume();
      await once(body, 'end');
    }
  };
  await Promise.all(Array.from({ length: 8 }, take));
  client.destroy();
}

/** One COPY with what plain requests return, one after the other, unpacked, but not checked. */
export async function pipe(
  { bucket, keys, isPacked }: Objects,
  columns: Columns,
  standIn: StandIn,
  folder: string,
): Promise<{ seconds: number; cpu: number }> {
  const client = clientOf(standIn);
  async function* text(): AsyncGenerator<Buffer> {
    for (const key of keys) {
      const body = await bodyOf(client, bucket, key);
      yield* isPacked ? body.pipe(createGunzip({ chunkSize: 256 * 1024 })) : body;
    }
  }
  try {
    return await copyBytes(Readable.from(text()), columns, 'format csv', folder);
  } finally {
    client.destroy();
  }
}

async function bodyOf(client: S3Client, bucket: string, key: string): Promise<Readable> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Body as Readable;
}

function clientOf({ endpoint, accessKeyId, secretAccessKey }: StandIn): S3Client {
  return new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
}
