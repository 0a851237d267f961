import { expect, test } from 'vitest';
import { readRelation } from '../../src/config/values/relation.ts';

test.each([
  ['orders', { name: 'orders' }],
  ['public.Orders', { schema: 'public', name: 'Orders' }],
  ['"a.b"."c ""d"""', { schema: 'a.b', name: 'c "d"' }],
  ['order lines', { name: 'order lines' }],
  ['a.b.c', undefined],
  ['"a', undefined],
  ['.a', undefined],
])('%s', (text, relation) => {
  expect(readRelation(text)).toEqual(relation);
});
