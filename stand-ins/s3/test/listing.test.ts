import { ListObjectsV2Command, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { ListObjectsV2CommandInput, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientOf } from './client.ts';
import { startS3StandIn } from '../src/index.ts';
import type { S3StandIn } from '../src/index.ts';
import { sendRaw, sendSigned } from './raw-request.ts';

let standIn: S3StandIn;
let client: S3Client;

beforeEach(async () => {
  standIn = await startS3StandIn({ buckets: { lake: {} } });
  client = clientOf(standIn);
});
afterEach(async () => {
  client.destroy();
  await standIn.close();
});

const fill = (keys: readonly string[]) =>
  Promise.all(keys.map((key) => standIn.control.put('lake', key, 'x')));

const list = (input: Omit<ListObjectsV2CommandInput, 'Bucket'> = {}) =>
  client.send(new ListObjectsV2Command({ Bucket: 'lake', ...input }));

/** All keys and common prefixes, and how many entries each page had. */
async function listAll(input: Omit<ListObjectsV2CommandInput, 'Bucket'>) {
  const seen = { keys: [] as string[], prefixes: [] as string[], pages: [] as number[] };
  for await (const page of paginateListObjectsV2({ client }, { Bucket: 'lake', ...input })) {
    seen.keys.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''));
    seen.prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ''));
    seen.pages.push(page.KeyCount ?? -1);
  }
  return seen;
}

const numbered = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(6, '0')}`);

describe('one page', () => {
  it('tells what is in it', async () => {
    const lastModified = new Date('2026-02-03T04:05:06.789Z');
    await standIn.control.put('lake', 'a.csv', 'hello', { lastModified, storageClass: 'STANDARD_IA' });
    const page = await list({ Prefix: 'a', StartAfter: 'A' });
    expect(page).toMatchObject({ Name: 'lake', Prefix: 'a', StartAfter: 'A', MaxKeys: 1000, KeyCount: 1 });
    expect(page.IsTruncated).toBe(false);
    expect(page.NextContinuationToken).toBeUndefined();
    expect(page.Contents).toEqual([
      {
        Key: 'a.csv',
        ETag: '"5d41402abc4b2a76b9719d911017c592"',
        Size: 5,
        LastModified: new Date('2026-02-03T04:05:06.000Z'),
        StorageClass: 'STANDARD_IA',
      },
    ]);
  });

  it('is empty for an empty bucket, a prefix without keys, or none wanted', async () => {
    expect(await list()).toMatchObject({ KeyCount: 0, IsTruncated: false });
    await fill(['a']);
    expect(await list({ Prefix: 'b' })).toMatchObject({ KeyCount: 0, IsTruncated: false });
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  it('never has more than 1,000 entries', async () => {
    await fill(numbered(1001, 'k'));
    expect(await list({ MaxKeys: 5000 })).toMatchObject({ KeyCount: 1000, MaxKeys: 1000, IsTruncated: true });
  });

  it('is not truncated when the last key just fits', async () => {
    await fill(numbered(1000, 'k'));
    expect(await list()).toMatchObject({ KeyCount: 1000, IsTruncated: false });
  });

  it('is in the order of UTF-8 bytes, which is not that of JavaScript', async () => {
    const keys = ['a', 'Z', 'ä', '\uffee', '😀', 'a/b', 'a b', 'a+b', 'a%20b', 'a!'];
    await fill(keys);
    const { Contents = [] } = await list();
    const byBytes = [...keys].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
    expect(Contents.map(({ Key }) => Key)).toEqual(byBytes);
    expect(byBytes).not.toEqual([...keys].sort());
  });

  it('follows what is written and deleted', async () => {
    await fill(['a', 'c']);
    expect((await listAll({})).keys).toEqual(['a', 'c']);
    await fill(['b']);
    standIn.control.delete('lake', 'a');
    expect((await listAll({})).keys).toEqual(['b', 'c']);
  });
});

describe('names in the XML', () => {
  const keys = ['a b', 'a&b<c>"d"', 'ü+%/é', 'emoji 😀.csv', 'line\nbreak', 'test_file(3).png', '~tilde*'];

  it('are escaped', async () => {
    await fill(keys);
    expect((await listAll({})).keys.sort()).toEqual([...keys].sort());
  });

  it('are URL-encoded on demand, as a form is', async () => {
    await fill(keys);
    const { Contents = [], EncodingType } = await list({ EncodingType: 'url' });
    const names = Contents.map(({ Key = '' }) => Key);
    expect(EncodingType).toBe('url');
    expect(names).toContain('test_file%283%29.png');
    expect(names).toContain('%C3%BC%2B%25/%C3%A9');
    expect(names).toContain('emoji+%F0%9F%98%80.csv');
    expect(names.map((name) => decodeURIComponent(name.replaceAll('+', ' '))).sort()).toEqual(
      [...keys].sort(),
    );
  });
});

describe('pages', () => {
  it('2,500 keys come in three, each key once', async () => {
    const keys = numbered(2500, 'sales/');
    await fill([...keys, 'other/1']);
    const seen = await listAll({ Prefix: 'sales/' });
    expect(seen).toEqual({ keys, prefixes: [], pages: [1000, 1000, 500] });
  });

  it('go on behind a key that was deleted between them', async () => {
    await fill(['a', 'b', 'c', 'd']);
    const first = await list({ MaxKeys: 2 });
    standIn.control.delete('lake', 'b');
    const second = await list({ MaxKeys: 2, ContinuationToken: first.NextContinuationToken });
    expect(second.Contents?.map(({ Key }) => Key)).toEqual(['c', 'd']);
  });

  it('begin behind start-after, which need not exist, and the token outranks it', async () => {
    await fill(['a', 'b', 'c', 'd']);
    expect((await listAll({ StartAfter: 'aa' })).keys).toEqual(['b', 'c', 'd']);
    expect((await listAll({ StartAfter: 'b', MaxKeys: 1 })).keys).toEqual(['c', 'd']);
  });

  it('have tokens that tell nothing and cannot be made up', async () => {
    await fill(['secret-key-1', 'secret-key-2']);
    const { NextContinuationToken: token = '' } = await list({ MaxKeys: 1 });
    expect(Buffer.from(token, 'base64').toString('latin1')).not.toContain('secret');
    const other = token.startsWith('A') ? 'B' : 'A';
    for (const wrong of ['', 'secret-key-1', `${other}${token.slice(1)}`]) {
      const path = `/lake?list-type=2&continuation-token=${encodeURIComponent(wrong)}`;
      expect(await sendSigned(standIn, { path })).toMatchObject({ status: 400, code: 'InvalidArgument' });
    }
  });

  it.each(['-1', 'many', '2147483648'])('max-keys=%s is refused', async (text) => {
    const response = await sendSigned(standIn, { path: `/lake?list-type=2&max-keys=${text}` });
    expect(response).toMatchObject({ status: 400, code: 'InvalidArgument' });
  });
});

describe('a delimiter', () => {
  const keys = ['a', 'b/1', 'b/2', 'b/c/3', 'b/c/4', 'd/5', 'e'];

  it('rolls keys up into common prefixes', async () => {
    await fill(keys);
    expect(await listAll({ Delimiter: '/' })).toMatchObject({ keys: ['a', 'e'], prefixes: ['b/', 'd/'] });
    const below = await listAll({ Delimiter: '/', Prefix: 'b/' });
    expect(below).toMatchObject({ keys: ['b/1', 'b/2'], prefixes: ['b/c/'] });
  });

  it('counts a common prefix as one entry, also over pages', async () => {
    await fill(keys);
    const seen = await listAll({ Delimiter: '/', MaxKeys: 1 });
    expect(seen).toEqual({ keys: ['a', 'e'], prefixes: ['b/', 'd/'], pages: [1, 1, 1, 1] });
  });

  it('may be more than one character', async () => {
    await fill(['x--1', 'x--2', 'x-3']);
    expect(await listAll({ Delimiter: '--' })).toMatchObject({ keys: ['x-3'], prefixes: ['x--'] });
  });
});

it('100,000 keys are listed in 100 pages', async () => {
  standIn.control.createBucket('wide-open', { anonymous: true });
  const keys = numbered(100_000, 'many/');
  for (const key of keys) await standIn.control.put('wide-open', key, '');
  const seen: string[] = [];
  let pages = 0;
  let query = 'list-type=2&prefix=many/';
  for (let more = true; more; pages++) {
    const { body } = await sendRaw(standIn, { path: `/wide-open?${query}` });
    for (const [, key = ''] of body.matchAll(/<Key>(.*?)<\/Key>/g)) seen.push(key);
    const token = /<NextContinuationToken>(.*?)</.exec(body)?.[1];
    more = token !== undefined;
    query = `list-type=2&prefix=many/&continuation-token=${encodeURIComponent(token ?? '')}`;
  }
  expect(pages).toBe(100);
  expect(seen).toEqual(keys);
});
