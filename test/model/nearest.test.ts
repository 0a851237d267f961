import { expect, test } from 'vitest';
import { nearest, suggestion } from '../../src/model/base/nearest.ts';

const keys = ['primary_key', 'columns', 'from', 'table'];

test.each([
  ['primarykey', 'primary_key'],
  ['Primary Key', 'primary_key'],
  ['colums', 'columns'],
  ['form', 'from'],
  ['tabel', 'table'],
  ['checks', undefined],
  ['x', undefined],
])('%s is meant to be %s', (word, meant) => {
  expect(nearest(word, keys)).toBe(meant);
});

test('without a near one, what there is', () => {
  expect(suggestion('zzz', ['a', 'b'])).toEqual({ hint: 'there is "a", "b"' });
  expect(suggestion('zzz', [])).toEqual({});
  expect(
    suggestion(
      'zzz',
      Array.from({ length: 15 }, (_, index) => `long name ${index}`),
    ),
  ).toEqual({});
});
