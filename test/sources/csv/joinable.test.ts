import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinable, NotJoinable } from '../../../src/sources/csv/index.ts';
import { isOddCount } from '../../../src/sources/csv/odd-count.ts';
import { inChunks } from './tables.ts';

async function joined(text: string, { header = 0, size = 2, quote = '"', isLast = false } = {}) {
  const chunks = [];
  for await (const chunk of joinable(inChunks(Buffer.from(text), [size]), header, isLast ? undefined : quote))
    chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

it('the data alone, ended by a line break', async () => {
  expect(await joined('1,a\n2,b')).toBe('1,a\n2,b\n');
  expect(await joined('1,a\r\n')).toBe('1,a\r\n');
  expect(await joined('\uFEFF1,a\n')).toBe('1,a\n');
  expect(await joined('id,name\n1,a', { header: 8 })).toBe('1,a\n');
  expect(await joined('id,name\n1,a\n', { header: 8, size: 100 })).toBe('1,a\n');
  expect(await joined('\uFEFFid\n1\n', { header: 6 })).toBe('1\n');
});

it('nothing for a text without data', async () => {
  for (const text of ['', '\uFEFF']) expect(await joined(text)).toBe('');
  expect(await joined('id', { header: 2 })).toBe('');
});

it('two bytes of a byte order mark are none', async () => {
  const bytes = [];
  for await (const chunk of joinable(inChunks(Buffer.of(0xef, 0xbb), [1]), 0, '"')) bytes.push(...chunk);
  expect(bytes).toEqual([0xef, 0xbb, 0x0a]);
});

it('a quote that is open at the end would take in the next text', async () => {
  expect(await joined('1,"a\nb""c"\n')).toBe('1,"a\nb""c"\n');
  await expect(joined('1,"a\n')).rejects.toBeInstanceOf(NotJoinable);
  await expect(joined("1,'a\n", { quote: "'" })).rejects.toBeInstanceOf(NotJoinable);
  expect(await joined('1,"a\n', { quote: "'" })).toBe('1,"a\n');
  expect(await joined('1,"a\n', { isLast: true })).toBe('1,"a\n');
});

it('counts as a loop would, wherever in memory the bytes begin', () => {
  const bytes = fc.uint8Array({ max: 3, maxLength: 40 });
  fc.assert(
    fc.property(bytes, fc.nat(7), fc.constantFrom(0, 1, 0x22, 0x7f, 0xff), (some, offset, byte) => {
      const memory = Buffer.alloc(64, byte);
      const view = memory.subarray(offset, offset + some.length);
      view.set(some.map((one) => (one === 3 ? byte : one + 0x20 * one)));
      expect(isOddCount(view, byte)).toBe(view.filter((one) => one === byte).length % 2 === 1);
    }),
    { numRuns: 2000 },
  );
});
