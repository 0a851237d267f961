import { expect, test } from 'vitest';
import { addColumns } from '../../src/import/write/add-columns.ts';
import type { FoundTable } from '../../src/import/found.ts';

const found = (...names: string[]): FoundTable => ({
  name: 't',
  from: { source: 's', table: 't' },
  columns: names.map((name) => ({ name, settings: { type: 'numeric(10,2)', not_null: true } })),
});

test('new columns stand below the last one; comments, order and quotes stay', () => {
  const text = `# mine
tables:
  t: # the table
    columns:
        b: "int"   # first
        # between
        A: {type: int, from: a}

    load: {mode: full}
  u: {columns: {x: int}}
`;
  expect(addColumns(text, [found('a', 'b', 'no', 'new')])).toEqual({
    text: text.replace(
      'from: a}\n',
      "from: a}\n        'no': numeric(10,2) not null\n        new: numeric(10,2) not null\n",
    ),
    added: [{ table: 't', columns: ['no', 'new'] }],
    unchanged: [],
  });
});

test('in braces they come before the end', () => {
  const { text } = addColumns('tables:\n  t: {columns: {a: int}, x: 1}\n', [found('a', 'b', 'c')]);
  expect(text).toBe(
    "tables:\n  t: {columns: {a: int, b: 'numeric(10,2) not null', c: 'numeric(10,2) not null'}, x: 1}\n",
  );
});

test('a file without a line end, and a column over several lines', () => {
  const { text } = addColumns('tables:\n  t:\n    columns:\n      a:\n        type: int', [found('a', 'b')]);
  expect(text).toBe(
    'tables:\n  t:\n    columns:\n      a:\n        type: int\n      b: numeric(10,2) not null\n',
  );
});

test('a table without columns is named with a reason', () => {
  expect(addColumns('tables: {}\n', [found('a')])).toEqual({
    text: 'tables: {}\n',
    added: [],
    unchanged: [{ table: 't', reason: 'the file writes no columns for it' }],
  });
});
