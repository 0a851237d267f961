import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boxHeight, boxWidth, placeRelated } from '../../../src/render/graph/place-related.ts';

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const references = fc.array(fc.record({ from: names, to: names }), { minLength: 1, maxLength: 14 });

test('every table is drawn once, inside of the drawing, and no two overlap', () => {
  fc.assert(
    fc.property(references, (some) => {
      const { width, height, tables } = placeRelated(some);
      expect(tables.map(({ name }) => name).sort()).toEqual(
        [...new Set(some.flatMap(({ from, to }) => [from, to]))].sort(),
      );
      for (const { x, y } of tables) {
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(x + boxWidth).toBeLessThanOrEqual(width);
        expect(y + boxHeight).toBeLessThanOrEqual(height);
      }
      for (const one of tables)
        for (const other of tables)
          if (one !== other)
            expect(Math.abs(one.x - other.x) >= boxWidth || Math.abs(one.y - other.y) >= boxHeight).toBe(
              true,
            );
    }),
  );
});

test('two tables that refer to each other by several columns have one line, a table to itself a loop', () => {
  const { lines } = placeRelated([
    { from: 'a', to: 'b' },
    { from: 'a', to: 'b' },
    { from: 'b', to: 'b' },
  ]);
  expect(lines.map(({ from, to, kind }) => [from, to, kind])).toEqual([
    ['a', 'b', 'line'],
    ['b', 'b', 'loop'],
  ]);
});

test('what refers is to the left of what it refers to, unless they are in a circle', () => {
  const { tables } = placeRelated([
    { from: 'invoice', to: 'customer' },
    { from: 'invoice_line', to: 'invoice' },
    { from: 'invoice_line', to: 'customer' },
  ]);
  const inOrder = tables.toSorted((one, other) => one.x - other.x).map(({ name }) => name);
  expect(inOrder).toEqual(['invoice_line', 'invoice', 'customer']);
  expect(
    placeRelated([
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ]).tables,
  ).toHaveLength(2);
});
