import { expect, it } from 'vitest';
import { signed, unsigned } from '../../../../src/sources/csv/simd/assembler.ts';
import { INDEX_BYTES, StructuralIndex } from '../../../../src/sources/csv/simd/structural-index.ts';

it.each([
  [0, [0]],
  [127, [0x7f]],
  [128, [0x80, 0x01]],
  [624485, [0xe5, 0x8e, 0x26]],
])('writes %i as an unsigned number', (value, bytes) => {
  expect(unsigned(value)).toEqual(bytes);
});

it.each([
  [63, [0x3f]],
  [64, [0xc0, 0x00]],
  [-1, [0x7f]],
  [-123456, [0xc0, 0xbb, 0x78]],
])('writes %i as a signed number', (value, bytes) => {
  expect(signed(value)).toEqual(bytes);
});

it('finds every byte that may end a field, and no other, whatever was indexed before', () => {
  const index = StructuralIndex.open();
  if (index === undefined) throw new Error('there is no index here');
  const all = Uint8Array.from({ length: INDEX_BYTES }, (_, at) => (at * 7 + (at >> 8)) & 0xff);
  const stops = new Set([0x3b, 0x27, 0x2c, 0x0a, 0x0d]);
  for (const length of [INDEX_BYTES, 0, 1, 15, 16, 17, 1000]) {
    const bytes = all.subarray(0, length);
    index.index(bytes, { delimiter: 0x3b, quote: 0x27, other: 0x2c });
    const expected = [...bytes.keys()].filter((at) => stops.has(all[at] ?? 0));
    expect([...index.positions.subarray(0, index.count)]).toEqual(expected);
  }
});

it('is made once, however many files are checked', () => {
  const index = StructuralIndex.open();
  expect(index).toBeDefined();
  expect(StructuralIndex.open()).toBe(index);
});
