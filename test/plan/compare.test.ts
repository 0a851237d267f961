import { expect, test } from 'vitest';
import { compareFingerprints } from '../../src/plan/table/compare-fingerprints.ts';
import { counters } from '../support/pipelines.ts';

const files = (marks: Record<string, [size: number, modified: string, sha256?: string]>) => ({
  kind: 'files' as const,
  files: Object.fromEntries(
    Object.entries(marks).map(([path, [size, modified, sha256]]) => [
      path,
      { size, modified, ...(sha256 === undefined ? {} : { sha256 }) },
    ]),
  ),
});

test('equal counters are equal data', () => {
  expect(compareFingerprints(counters({}), counters({}))).toEqual({ same: true });
});

test.each([
  [{ inserted: '13412' }, '3 412 rows inserted in the source', 3412],
  [
    { inserted: '10001', updated: '7', deleted: '3' },
    '1 row inserted, 2 rows updated, 2 rows deleted in the source',
    -1,
  ],
  [{ filenode: '101' }, 'the source table was rewritten or truncated', undefined],
  [{ reset: '5' }, 'the statistics of the source were reset: it may have changed', undefined],
  [{ inserted: '1' }, 'the counters of the source went back: it may have changed', undefined],
])('%o: %s', (now, reason, growth) => {
  expect(compareFingerprints(counters({}), counters(now))).toMatchObject({
    same: false,
    reason,
    ...(growth === undefined ? {} : { growth }),
  });
});

test('counters too large for a double are still distinguished', () => {
  const before = counters({ inserted: '9007199254740993' });
  expect(compareFingerprints(before, counters({ inserted: '9007199254740994' }))).toMatchObject({
    same: false,
  });
});

test('another server, other columns, other partitions', () => {
  const reasonOf = (now: Parameters<typeof compareFingerprints>[1]) => compareFingerprints(counters({}), now);
  expect(reasonOf({ ...counters({}), system: '8/16384' })).toMatchObject({
    reason: 'it is another server or database than before',
  });
  expect(reasonOf({ ...counters({}), columns: ['a bigint', 'b text'] })).toMatchObject({
    reason: 'the columns of the source table have changed: + a bigint, + b text, - a integer',
  });
  const two = { ...counters({}), columns: ['a integer', 'b text'] };
  expect(compareFingerprints(two, { ...two, columns: ['b text', 'a integer'] })).toMatchObject({
    reason: 'the columns of the source table change places',
  });
  const [leaf] = Object.values(counters({}).relations);
  expect(reasonOf({ ...counters({}), relations: { '16385': leaf!, '2': leaf! } })).toMatchObject({
    reason: 'the source table has a new partition or child table',
  });
  expect(reasonOf({ ...counters({}), relations: {} })).toMatchObject({
    reason: 'the source table is another one',
  });
  const parted = { ...counters({}), relations: { '16385': leaf!, '2': leaf! } };
  expect(compareFingerprints(parted, counters({}))).toMatchObject({
    reason: 'the source table has lost a partition or child table',
  });
});

test('files: new, changed and removed ones are listed by name or number', () => {
  const before = files({ 'a.csv': [1, '1'], 'b.csv': [2, '2'], 'c.csv': [3, '3'] });
  expect(
    compareFingerprints(before, files({ 'a.csv': [1, '1'], 'b.csv': [9, '2'], 'd.csv': [3, '3'] })),
  ).toEqual({
    same: false,
    reason: 'd.csv is new, b.csv is changed, c.csv was removed',
  });
  const many = files({ 'a.csv': [1, '9'], 'b.csv': [2, '9'], 'c.csv': [3, '3'] });
  expect(compareFingerprints(before, many)).toMatchObject({
    same: false,
    reason: '2 of 3 files are changed',
  });
});

test('a file that was only touched is the same if its content is known to be', () => {
  const before = files({ 'a.csv': [1, '1', 'x'] });
  expect(compareFingerprints(before, files({ 'a.csv': [1, '2', 'x'] }))).toEqual({ same: true });
  expect(compareFingerprints(before, files({ 'a.csv': [1, '2', 'y'] }))).toMatchObject({ same: false });
  expect(compareFingerprints(before, files({ 'a.csv': [1, '2'] }))).toMatchObject({ same: false });
});

test('fingerprints of different kinds say nothing about each other', () => {
  expect(compareFingerprints({ kind: 'value', value: '1' }, counters({}))).toMatchObject({ same: false });
});

test('where a definition has changed, the counters still say how many rows there are', () => {
  const before = { ...counters({}), definitions: { 'column a': '1' } };
  const now = (change: Parameters<typeof counters>[0]) => ({
    ...counters(change),
    definitions: { 'column a': '2' },
  });
  const reason = 'column a was redefined in the source';
  expect(compareFingerprints(before, now({}))).toEqual({ same: false, reason, replaced: true, growth: 0 });
  expect(compareFingerprints(before, now({ inserted: '10002' }))).toMatchObject({ reason, growth: 2 });
  expect(compareFingerprints(before, now({ filenode: '101' }))).toEqual({
    same: false,
    reason,
    replaced: true,
  });
});

test('what is gone is counted among what was there', () => {
  expect(compareFingerprints(files({ 'a.csv': [1, 't'], 'b.csv': [2, 't'] }), files({}))).toMatchObject({
    reason: '2 of 2 files were removed',
  });
});
