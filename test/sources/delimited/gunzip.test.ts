import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzip } from '../../../src/sources/delimited/gunzip.ts';

// eslint-disable-next-line @typescript-eslint/require-await -- an async iterable is what gunzip takes
async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpack(bytes: Buffer, size: number): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of gunzip(inChunks(bytes, size))) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

const first = gzipSync('id,name\n1,Anna\n');
const second = gzipSync('2,Bert\n');
const empty = gzipSync('');
const zeros = Buffer.alloc(700);
const sizes = [1, 2, 3, 7, 64, 65_536];

describe.each(sizes)('gzip in chunks of %i bytes', (size) => {
  it('of several members, some empty, and with zeros between and after them', async () => {
    const text = 'id,name\n1,Anna\n2,Bert\n';
    expect(await unpack(Buffer.concat([first, empty, second]), size)).toBe(text);
    expect(await unpack(Buffer.concat([first, second, zeros]), size)).toBe(text);
    expect(await unpack(Buffer.concat([first, zeros, second, zeros]), size)).toBe(text);
    expect(await unpack(empty, size)).toBe('');
  });

  it('cut anywhere is an error, except between two members', async () => {
    const whole = Buffer.concat([first, second]);
    const accepted: number[] = [];
    for (let cut = 1; cut < whole.length; cut++) {
      const error = await unpack(whole.subarray(0, cut), size).then(
        () => undefined,
        (reason: unknown) => reason as Error & { code: string },
      );
      if (error === undefined) accepted.push(cut);
      else {
        expect(`${error.code} ${error.message}`).toBe(
          `EXT2102 is not complete: its gzip data does not end within its ${cut} bytes`,
        );
      }
    }
    expect(accepted).toEqual([first.length]);
  });

  it('followed by anything but zeros is an error', async () => {
    for (const rest of ['xx', '\n\n', '\0\0xx', '\0\x1f']) {
      await expect(unpack(Buffer.concat([first, Buffer.from(rest, 'latin1')]), size)).rejects.toMatchObject({
        code: 'EXT2102',
      });
    }
    await expect(unpack(Buffer.concat([first, zeros, Buffer.from('xx')]), size)).rejects.toThrow(
      'has more bytes after the end of its gzip data, which are not gzip',
    );
  });

  it('with any byte of its checksum or its length changed is an error', async () => {
    for (let at = first.length - 8; at < first.length; at++) {
      const damaged = Buffer.from(first);
      damaged[at] = (damaged[at] ?? 0) ^ 0x40;
      await expect(unpack(damaged, size)).rejects.toThrow(/^is damaged: its gzip data has an incorrect/);
    }
  });
});

it('a taker that leaves early, and a source that fails, end it', async () => {
  const large = gzipSync(Buffer.alloc(10_000_000, 'abc,'));
  const unpacking = gunzip(inChunks(large, 1000));
  await unpacking.next();
  await unpacking.return();
  async function* failing(): AsyncGenerator<Buffer> {
    yield* inChunks(large.subarray(0, 1000), 100);
    throw new Error('the source failed');
  }
  const all = async () => {
    for await (const chunk of gunzip(failing())) expect(chunk.length).toBeGreaterThan(0);
  };
  await expect(all()).rejects.toThrow('the source failed');
});
