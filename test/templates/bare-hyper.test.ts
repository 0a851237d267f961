import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTree } from '../../src/templates/bare-hyper.ts';

const edges = (...pairs: string[]) =>
  pairs.map((pair) => ({ from: pair.split('>')[0]!, to: pair.split('>')[1]! }));
const check = (tables: string, ...pairs: string[]) =>
  checkTree(tables.split(' '), edges(...pairs)).map(({ code, tables: named, message }) => [
    code,
    named.join(' '),
    message,
  ]);

describe('the data model of a bare .hyper', () => {
  it('may be one table, a star or a snowflake', () => {
    expect(check('a')).toEqual([]);
    expect(check('a b c', 'a>b', 'a>c')).toEqual([]);
    expect(check('a b c', 'a>b', 'a>b', 'b>c')).toEqual([]);
  });

  it.each([
    ['several facts', ['a b c', 'a>c', 'b>c'], ['EXT4501 a b', 'EXT4503 c a b']],
    ['a lonely table', ['a b c', 'a>b'], ['EXT4502 c']],
    ['no relationship at all', ['a b'], ['EXT4502 a b']],
    ['two paths', ['a b c d', 'a>b', 'a>c', 'b>d', 'c>d'], ['EXT4503 d b c']],
    ['a circle', ['a b c', 'a>b', 'b>c', 'c>a'], ['EXT4504 a b c']],
    ['itself', ['a b', 'a>b', 'b>b'], ['EXT4504 b', 'EXT4503 b a b']],
    ['an unknown table', ['a b', 'a>x'], ['EXT4505 x']],
  ] as const)('must not have %s', (_, [tables, ...pairs], expected) => {
    expect(check(tables, ...pairs).map(([code, named]) => `${code} ${named}`)).toEqual(expected);
  });

  it('reports the problem', () => {
    expect(check('a b c', 'a>c', 'b>c').map(([, , message]) => message)).toEqual([
      'nothing refers to "a" and "b": a .hyper published by itself may have only one such table, the facts',
      '"c" can be reached on two paths, from "a" and "b"; a .hyper published by itself may have only one',
    ]);
  });

  it('accepts exactly the trees that reach every table from one', () => {
    const size = 5;
    const node = fc.integer({ min: 0, max: size - 1 });
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(node, node), { selector: String, maxLength: 6 }), (pairs) => {
        const reach = (root: number) => {
          const seen = [root];
          for (const from of seen) seen.push(...pairs.flatMap(([one, to]) => (one === from ? [to] : [])));
          return seen.length > 50 ? [] : seen;
        };
        const trees = Array.from({ length: size }, (_, root) => root).filter((root) => {
          if (pairs.length !== size - 1) return false;
          const seen = pairs.every(([, to]) => to !== root) && isAcyclic(pairs, size) ? reach(root) : [];
          return seen.length === size && new Set(seen).size === size;
        });
        const tables = Array.from({ length: size }, (_, n) => `t${n}`);
        const findings = checkTree(
          tables,
          pairs.map(([from, to]) => ({ from: `t${from}`, to: `t${to}` })),
        );
        expect(findings.length === 0).toBe(trees.length === 1);
      }),
      { numRuns: 500 },
    );
  });
});

function isAcyclic(pairs: readonly (readonly [number, number])[], size: number): boolean {
  let left = Array.from({ length: size }, (_, n) => n);
  for (;;) {
    const roots = left.filter((node) => !pairs.some(([from, to]) => to === node && left.includes(from)));
    if (roots.length === 0) return left.length === 0;
    left = left.filter((node) => !roots.includes(node));
  }
}
