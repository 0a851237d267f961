import { expect, test } from 'vitest';
import { withAbsolutePaths, merge } from '../../src/config/drafts/defaults.ts';

test('maps are merged key by key, everything else replaces', () => {
  const base = { format: { delimiter: ';', null: ['a'] }, exclude: ['x'] };
  const over = { format: { null: ['b'] }, exclude: ['y'] };
  expect(merge<unknown>(base, over)).toEqual({ format: { delimiter: ';', null: ['b'] }, exclude: ['y'] });
});

test('null un-sets, at every depth', () => {
  expect(merge<unknown>({ a: 1, b: { c: 2, d: 3 } }, { a: null, b: { c: null } })).toEqual({ b: { d: 3 } });
  expect(merge<unknown>(undefined, { a: null, b: { c: null } })).toEqual({ b: {} });
  expect(merge<unknown>({ a: 1 }, null)).toBeUndefined();
});

test('a map of another type replaces as a whole', () => {
  expect(merge<unknown>({ type: 'csv', delimiter: ';' }, { type: 'parquet' })).toEqual({ type: 'parquet' });
  expect(merge<unknown>({ type: 'csv', delimiter: ';' }, 'text')).toBe('text');
});

test('paths in defaults are those of their own file', () => {
  const written = { sources: { postgres: { ssl: { mode: 'verify-ca', ca: 'certs/ca.pem' } } } } as const;
  expect(withAbsolutePaths(written, '/project')?.sources?.postgres?.ssl).toEqual({
    mode: 'verify-ca',
    ca: '/project/certs/ca.pem',
  });
  expect(withAbsolutePaths(undefined, '/project')).toBeUndefined();
});
