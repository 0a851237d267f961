import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import type { S3Access, S3Source } from '../../../src/model/config/source.ts';
import type { SourceObservation } from '../../../src/model/world/observation.ts';
import { openS3 } from '../../../src/sources/s3/index.ts';
import { column } from '../../support/pipelines.ts';
import { tickingPatience } from '../../support/ticking-patience.ts';

export interface Place {
  client: S3Client;
  access: S3Access;
  bucket: string;
}

const { signal } = new AbortController();
const table = {
  name: 'sales',
  place: { file: 'sales.yaml', pointer: '/tables/sales' },
  source: 'files',
  from: { type: 's3' as const },
  columns: [column('id', 'int'), column('name', 'text')],
  primaryKey: [],
  load: { kind: 'full' as const },
  checks: [],
};

/** What S3 sources need of any service. */
export function sourceContract(open: () => Place): void {
  let prefixes = 0;
  const place = () => {
    const { client, access, bucket } = open();
    const prefix = `contract-${++prefixes}`;
    const source: S3Source = {
      type: 's3',
      place: { file: 'sales.yaml', pointer: '/sources/files' },
      bucket,
      match: [`${prefix}/**`],
      exclude: [],
      minFiles: 0,
      access,
      format: {
        type: 'csv',
        delimiter: ',',
        quote: '"',
        escape: '"',
        header: false,
        nulls: [''],
        encoding: 'utf-8',
        dateOrder: 'MDY',
        compression: 'by-name',
      },
    };
    const name = (key: string) => ({ Bucket: bucket, Key: `${prefix}/${key}` });
    return {
      source,
      prefix,
      put: (key: string, Body: string) => client.send(new PutObjectCommand({ ...name(key), Body })),
      remove: (key: string) => client.send(new DeleteObjectCommand(name(key))),
    };
  };

  it('every object of a listing of several pages, whatever its key contains', async () => {
    const { source, prefix, put } = place();
    const keys = ['a b+c.csv', 'ä日.csv', '[x].csv', ...Array.from({ length: 1100 }, (_, i) => `n/${i}.csv`)];
    for (let at = 0; at < keys.length; at += 50)
      await Promise.all(keys.slice(at, at + 50).map((key) => put(key, '1,a\n')));
    const { fingerprint } = await observe(source);
    expect(fingerprint.kind === 'objects' && Object.keys(fingerprint.objects).sort()).toEqual(
      keys.map((key) => `${prefix}/${key}`).sort(),
    );
  });

  it('no object is an empty listing', async () => {
    const { fingerprint } = await observe(place().source);
    expect(fingerprint).toMatchObject({ kind: 'objects', objects: {} });
  });

  it('objects in their order, large ones in ranges', async () => {
    const { source, put } = place();
    const big = Array.from({ length: 60_000 }, (_, index) => `${index},row ${index}\n`).join('');
    await put('a.csv', big);
    await put('b c.csv', '-1,last\n');
    expect(await read(source)).toBe(`${big}-1,last\n`);
  });

  it.each(['replaced', 'removed'])('an object that was %s since the plan is an error', async (how) => {
    const { source, put, remove } = place();
    await put('a.csv', '1,a\n');
    const change = () => (how === 'replaced' ? put('a.csv', '2,b\n') : remove('a.csv'));
    await expect(read(source, change)).rejects.toMatchObject({ code: 'EXT2206' });
  });

  it('a wrong secret, and a bucket that does not exist', async () => {
    const { source } = place();
    const { credentials } = source.access;
    const wrong = { ...credentials, secretAccessKey: 'wrong' } as S3Access['credentials'];
    await expect(
      observe({ ...source, access: { ...source.access, credentials: wrong } }),
    ).rejects.toMatchObject({ code: 'EXT2203' });
    await expect(observe({ ...source, bucket: 'no-such-bucket' })).rejects.toMatchObject({ code: 'EXT2205' });
  });
}

async function observe(source: S3Source): Promise<SourceObservation> {
  const port = openS3(source, { patience: tickingPatience() });
  try {
    return (await port.observe([{ table, before: undefined }], signal))[0]!;
  } finally {
    await port.close();
  }
}

async function read(source: S3Source, between?: () => Promise<unknown>): Promise<string> {
  const limits = { requests: 4, bytes: 512 * 1024, range: 64 * 1024 };
  const port = openS3(source, { patience: tickingPatience(), limits });
  try {
    await port.observe([{ table, before: undefined }], signal);
    await between?.();
    const snapshot = await port.snapshot([table], signal);
    const [part] = (await snapshot.feed(table, signal)).parts;
    if (part?.kind !== 'stream') throw new Error('no stream');
    const chunks: string[] = [];
    for await (const chunk of (await part.open(signal)).bytes) chunks.push(chunk.toString());
    await snapshot.end();
    return chunks.join('');
  } finally {
    await port.close();
  }
}
