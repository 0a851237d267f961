import { describe, expect, it } from 'vitest';
import { compareFingerprints } from '../../src/plan/table/compare-fingerprints.ts';
import type { ObjectMark, ObjectsFingerprint } from '../../src/model/world/fingerprint.ts';

function listing(
  keys: readonly string[],
  changes: Partial<ObjectMark> = {},
  more: Partial<ObjectsFingerprint> = {},
): ObjectsFingerprint {
  const objects = Object.fromEntries(keys.map((key) => [key, { etag: `e-${key}`, size: 1000, ...changes }]));
  return { kind: 'objects', bucket: 's3://lake', objects, ...more };
}

const keys = Array.from({ length: 42 }, (_, index) => `k${String(index).padStart(2, '0')}`);

describe('what two listings say', () => {
  it.each<[string, ObjectsFingerprint, ObjectsFingerprint, string | undefined]>([
    ['the same', listing(keys), listing(keys), undefined],
    ['one new', listing(['a']), listing(['a', 'b']), 'b is new (1.0 kB)'],
    ['one changed', listing(['a'], { etag: 'x' }), listing(['a']), 'a has a new ETag (1.0 kB)'],
    ['one gone', listing(['a', 'b']), listing(['a']), 'b was removed'],
    [
      'several',
      {
        ...listing(keys.slice(0, 39)),
        objects: {
          ...listing(keys.slice(0, 36)).objects,
          ...listing(keys.slice(36, 39), { etag: 'x' }).objects,
          z: { etag: 'z', size: 1 },
          y: { etag: 'y', size: 1 },
        },
      },
      listing(keys),
      '3 of 42 objects are new (k39, k40, k41; 3.0 kB), 3 of 42 objects have new ETags (k36, k37, k38; 3.0 kB), 2 of 41 objects were removed (z, y)',
    ],
    ['many', listing([]), listing(keys), '42 of 42 objects are new (k00, k01, k02 and 39 more; 42.0 kB)'],
    [
      'another bucket',
      listing(['a']),
      listing(['a'], {}, { bucket: 's3://pond' }),
      'it is another bucket than before',
    ],
    [
      'another header file',
      listing(['a'], {}, { header: { key: 'h.csv', etag: '1' } }),
      listing(['a'], {}, { header: { key: 'h.csv', etag: '2' } }),
      'the header file h.csv has changed',
    ],
    [
      'keys that objects have by themselves',
      listing([]),
      listing(['constructor']),
      'constructor is new (1.0 kB)',
    ],
    [
      'touched, and rows tell the time',
      listing(['a'], { modified: '1' }),
      listing(['a'], { modified: '2' }),
      'a has changed (1.0 kB)',
    ],
    [
      'written again to a service without ETags',
      listing(['a', 'b']),
      { ...listing([]), objects: { a: { size: 1000 }, b: { size: 1000 } } },
      '2 of 2 objects no longer have ETags (a, b; 2.0 kB)',
    ],
    ['all gone', listing(['a', 'b']), listing([]), '2 of 2 objects were removed (a, b)'],
  ])('%s', (_, before, now, reason) => {
    expect(compareFingerprints(before, now)).toMatchObject(
      reason === undefined ? { same: true } : { same: false, reason },
    );
  });
});
