import { expect, test } from 'vitest';
import { changesOfListing } from '../../src/model/world/listing.ts';
import type { FileMark, FilesFingerprint, ObjectsFingerprint } from '../../src/model/world/fingerprint.ts';

const files = (marks: Record<string, FileMark>): FilesFingerprint => ({ kind: 'files', files: marks });
const objects = (bucket: string, ...keys: string[]): ObjectsFingerprint => ({
  kind: 'objects',
  bucket,
  objects: Object.fromEntries(keys.map((key) => [key, { etag: key, size: 1 }])),
});

test('new, changed and gone ones, and touched ones that are none of these', () => {
  const before = files({
    same: { size: 1, modified: '1' },
    touched: { size: 1, modified: '1', sha256: 'x' },
    doubtful: { size: 1, modified: '1' },
    larger: { size: 1, modified: '1', sha256: 'x' },
    gone: { size: 1, modified: '1' },
  });
  const now = files({
    new: { size: 1, modified: '2' },
    larger: { size: 2, modified: '1', sha256: 'x' },
    same: { size: 1, modified: '1' },
    touched: { size: 1, modified: '2', sha256: 'x' },
    doubtful: { size: 1, modified: '2', sha256: 'x' },
  });
  expect(changesOfListing(before, now)).toEqual({
    fresh: ['new'],
    changed: ['larger', 'doubtful'],
    gone: ['gone'],
  });
});

test('of other places nothing can be said', () => {
  expect(changesOfListing(objects('s3://lake', 'a'), objects('s3://lake', 'b'))).toEqual({
    fresh: ['b'],
    changed: [],
    gone: ['a'],
  });
  expect(changesOfListing(objects('s3://pond', 'a'), objects('s3://lake', 'a'))).toBeUndefined();
  expect(changesOfListing(files({}), objects('s3://lake', 'a'))).toBeUndefined();
  expect(changesOfListing(objects('s3://lake', 'a'), files({}))).toBeUndefined();
  expect(changesOfListing(undefined, files({}))).toBeUndefined();
});
