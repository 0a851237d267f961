import { expect, test } from 'vitest';
import { diffColumns } from '../../src/plan/table/column-changes.ts';

const columns = (written: Record<string, string>) =>
  Object.entries(written).map(([name, type]) => ({
    name,
    type: type.replace(/ not null$/, ''),
    notNull: type.endsWith(' not null'),
    from: `column ${name}`,
  }));

test.each([
  ['int', 'bigint', 'additive'],
  ['bigint', 'int', 'breaking'],
  ['varchar(10)', 'varchar(20)', 'additive'],
  ['varchar(20)', 'varchar(10)', 'breaking'],
  ['varchar(10)', 'text', 'additive'],
  ['text', 'varchar(10)', 'breaking'],
  ['numeric(10,2)', 'numeric(12,2)', 'additive'],
  ['numeric(12,2)', 'numeric(12,4)', 'breaking'],
  // An integer field becomes a decimal one in Tableau.
  ['numeric(10,0)', 'numeric(12,2)', 'breaking'],
  ['int', 'text', 'breaking'],
  ['real', 'double', 'additive'],
])('%s -> %s is %s', (before, after, category) => {
  expect(diffColumns('shop.orders', columns({ a: before }), columns({ a: after }))).toMatchObject([
    { address: 'shop.orders.a', subject: 'column', act: 'change', category, before, after },
  ]);
});

test('a new column is additive, a missing one breaking, another order metadata', () => {
  expect(diffColumns('t', columns({ a: 'int' }), columns({ a: 'int', b: 'text not null' }))).toMatchObject([
    { address: 't.b', act: 'create', category: 'additive', after: 'text not null' },
  ]);
  expect(diffColumns('t', columns({ a: 'int', b: 'text' }), columns({ a: 'int' }))).toMatchObject([
    { address: 't.b', act: 'remove', category: 'breaking', before: 'text' },
  ]);
  expect(diffColumns('t', columns({ a: 'int', b: 'text' }), columns({ b: 'text', a: 'int' }))).toMatchObject([
    { address: 't', category: 'metadata', reason: 'columns in another order' },
  ]);
});

test('another order is shown beside other changes, and columns that come or go make none', () => {
  const before = columns({ a: 'int', b: 'text', c: 'int' });
  expect(diffColumns('t', before, columns({ b: 'text', a: 'bigint', c: 'int' }))).toMatchObject([
    { address: 't', subject: 'table', category: 'metadata', reason: 'columns in another order' },
    { address: 't.a', category: 'additive' },
  ]);
  expect(diffColumns('t', before, columns({ c: 'int', a: 'int' }))).toMatchObject([
    { address: 't', reason: 'columns in another order' },
    { address: 't.b', act: 'remove' },
  ]);
  expect(
    diffColumns('t', before, columns({ a: 'int', n: 'int', c: 'int' })).map(({ address }) => address),
  ).toEqual(['t.n', 't.b']);
});

test('nullability is metadata; another origin is other data', () => {
  expect(diffColumns('t', columns({ a: 'int' }), columns({ a: 'int not null' }))).toMatchObject([
    { category: 'metadata', before: 'null', after: 'not null' },
  ]);
  const moved = columns({ a: 'int' }).map((column) => ({ ...column, from: 'expr b + 1' }));
  expect(diffColumns('t', columns({ a: 'int' }), moved)).toMatchObject([
    { category: 'data', before: 'column a', after: 'expr b + 1' },
  ]);
});

test('nothing changed, nothing said', () => {
  expect(diffColumns('t', columns({ a: 'int' }), columns({ a: 'int' }))).toEqual([]);
});
