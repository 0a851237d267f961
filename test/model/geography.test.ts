import { expect, test } from 'vitest';
import { lossyGeography } from '../../src/model/base/geography.ts';

const problemOf = (text: string) =>
  lossyGeography.find(({ pattern }) => new RegExp(pattern, 'i').test(text))?.problem;

test.each([
  'POINT(13.123456789 52.98)',
  'POINT (-180 -90)',
  'point(180.000 0)',
  'POINT(1e-7 2)',
  'POINT EMPTY',
  'LINESTRING(0 0, 179.99 1,\n 18.1 2)',
  'POLYGON((0 0, 0 1, 1 1, 0 0))',
  'MULTIPOINT((1 2), (3 4))',
  'GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(1 2, 3 4))',
])('%j arrives as it is', (text) => {
  expect(problemOf(text)).toBeUndefined();
});

test.each([
  'POINT Z (1 2 3)',
  'POINT Z(1 2 3)',
  'POINT M (1 2 3)',
  'point zm (1 2 3 4)',
  'POINT(1 2 3)',
  'POLYGON Z EMPTY',
  'GEOMETRYCOLLECTION(POINT Z (1 2 3))',
  'LINESTRING(0 0 1e-3, 1 1 2)',
])('%j has Z or M', (text) => {
  expect(problemOf(text)).toBe('has Z or M, which Hyper cannot hold');
});

test.each(['POINT(181 2)', 'POINT(-180.5 2)', 'LINESTRING(0 0, +1000 1)', 'POINT(2e2 1)', 'POINT(00200 1)'])(
  '%j is beyond 180',
  (text) => {
    expect(problemOf(text)).toBe('has a longitude beyond 180, which Hyper cannot hold');
  },
);
