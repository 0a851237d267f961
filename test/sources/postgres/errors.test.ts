import { expect, test } from 'vitest';
import { explainQuery } from '../../../src/sources/postgres/errors.ts';

const place = { file: 'shop.yaml', pointer: 'tables.orders', line: 3, column: 5 };

test('what is neither PostgreSQL nor a network is not told as a broken connection', () => {
  const fault = new TypeError('rows is not iterable');
  expect(() => explainQuery(fault, 'table "orders"', place)).toThrow(fault);
  expect(
    explainQuery(new Error('Connection terminated unexpectedly'), 'table "orders"', place),
  ).toMatchObject({
    code: 'EXT2002',
    message: 'table "orders": the connection to PostgreSQL broke (Connection terminated unexpectedly)',
  });
});
