import { expect, test } from 'vitest';
import { listedName, nameList } from '../../src/model/base/name-list.ts';

test.each([
  ['a UUID', '3f2b8c1e-9d47-4a6b-8c55-d01e7fa29b63', '3f2b8c1e…'],
  ['letters and digits in turn', 'Zk7Qm2Xv9Lp4', 'Zk7Qm2Xv…'],
  ['hexadecimal digits', 'd41d8cd98f00b204e9800998ecf8427e', 'd41d8cd9…'],
  ['a token with a prefix', 'ghp_16C7e42F292c6912E7710c838347Ae', 'ghp_16C7…'],
  ['base64 with signs', 'qlE1g9MMh9vbrjjg==:rZTHhPpP2tUW1kfn4t', 'qlE1g9MM…'],
  ['letters only', 'qwzrtplkjhgfdsxcvbnmqwzrtplk', 'qwzrtplk…'],
  ['letters of both cases', 'QwZrTplkJHgFdSxcVBnMqwZrTPlkJhgFdSxc', 'QwZrTplk…'],
  ['the number of a card', '4929123456781234', '49291234…'],
  ['one among other words', 'export API_KEY=Zk7Qm2Xv9Lp4Rt6Wn8', 'export A…'],
])('%s is cut', (_, name, shown) => {
  expect(listedName(name)).toBe(shown);
});

test.each([
  'id',
  'customer_account_registration_timestamp',
  'CustomerBillingAddressPostalCode',
  'customerBillingAddressLine2',
  'sales_2023_q4_total',
  'Umsatz je Quartal 2023',
  'address2',
  'revenue20231231',
  'COUNTRY_OF_INCORPORATION',
  '2026-01-31',
])('%s is shown as it is', (name) => {
  expect(listedName(name)).toBe(name);
});

test('a few names are listed', () => {
  const names = [...Array.from({ length: 8 }, (_, index) => `c${index}`), 'Zk7Qm2Xv9Lp4', 'd'];
  expect(nameList(names)).toBe('"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7" and 2 more');
  expect(nameList(['id', 'Zk7Qm2Xv9Lp4'])).toBe('"id", "Zk7Qm2Xv…"');
});
