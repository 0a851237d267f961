import { expect, it } from 'vitest';
import { createHasher } from '../src/checksums.ts';
import type { ChecksumName } from '../src/checksums.ts';

/** The published check values: each algorithm over the digits 1 to 9. */
it.each<[ChecksumName, string]>([
  ['crc32', 'cbf43926'],
  ['crc32c', 'e3069283'],
  ['crc64nvme', 'ae8b14860a799888'],
  ['sha1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
  ['sha256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
])('%s has its check value, also when fed in pieces', (name, expected) => {
  const hasher = createHasher(name);
  for (const piece of ['1', '2345', '', '6789']) hasher.update(Buffer.from(piece));
  expect(hasher.digest().toString('hex')).toBe(expected);
});
