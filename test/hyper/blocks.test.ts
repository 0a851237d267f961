import { randomBytes } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { gatherBlocks } from '../../src/hyper/blocks.ts';

const mebibyte = 1024 * 1024;

test.each([
  ['nothing', []],
  ['less than a block', [100]],
  ['exactly a block', [mebibyte]],
  ['a block in small pieces, and one byte', [...Array<number>(16).fill(mebibyte / 16), 1]],
  ['pieces that are larger than a block', [3 * mebibyte + 7, 5, 2 * mebibyte]],
])('%s comes out as the same bytes in blocks of one MiB and a rest', async (_, lengths) => {
  const chunks = lengths.map((length) => randomBytes(length));
  const blocks: Buffer[] = [];
  const take = new Writable({
    write(block: Buffer, _encoding, done) {
      blocks.push(block);
      done();
    },
  });
  await pipeline(Readable.from(chunks), gatherBlocks(), take);
  const whole = Buffer.concat(chunks);
  expect(Buffer.concat(blocks).equals(whole)).toBe(true);
  expect(blocks.map(({ length }) => length)).toEqual([
    ...Array<number>(Math.floor(whole.length / mebibyte)).fill(mebibyte),
    ...(whole.length % mebibyte > 0 ? [whole.length % mebibyte] : []),
  ]);
});
