import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadYaml } from '../../src/config/read/parse.ts';
import { keysInOrder, locate } from '../../src/config/read/locate.ts';
import { child, type Place } from '../../src/model/errors/diagnostic.ts';

const root: Place = { file: 'p.yaml', pointer: '' };

function textAt(text: string, place: Place): string {
  const { line, column, length } = locate(loadYaml('p.yaml', '/p.yaml', text), place);
  return (text.split('\n')[line - 1] ?? '').slice(column - 1, column - 1 + length);
}

describe('locate', () => {
  const text = [
    'base: &base {host: db, port: 5432}',
    'one:',
    '  <<: *base',
    '  user: reader',
    'two: *base',
    'list:',
    '  - a/b: first',
    '    null: second',
    '  - "third"',
    'empty:',
    'block: |',
    '  several',
    '  lines',
    '',
  ].join('\n');

  test.each([
    ['a scalar', child(root, 'one', 'user'), 'reader'],
    ['through a merge key', child(root, 'one', 'port'), '5432'],
    ['through an alias', child(root, 'two', 'host'), 'db'],
    ['an alias of a map', child(root, 'two'), '*base'],
    ['a key', { ...child(root, 'one', 'user'), part: 'key' as const }, 'user'],
    ['an escaped key', child(root, 'list', 0, 'a/b'), 'first'],
    ['a key that YAML reads as null', child(root, 'list', 0, 'null'), 'second'],
    ['an item', child(root, 'list', 1), '"third"'],
    ['a map over several lines: its key', child(root, 'one'), 'one'],
    ['nothing: its key', child(root, 'empty'), 'empty'],
    ['a block: its first line', child(root, 'block'), '|'],
    ['what is missing: its parent', child(root, 'one', 'password', 'deeper'), 'one'],
    ['an item that is missing', child(root, 'list', 7), 'list'],
  ])('%s', (_, place, expected) => {
    expect(textAt(text, place)).toBe(expected);
  });

  test('a span that is given is kept', () => {
    const span = { line: 3, column: 1, length: 2 };
    expect(locate(loadYaml('p.yaml', '/p.yaml', text), { ...root, span })).toBe(span);
  });

  test('every scalar of any document is found at its place', () => {
    const key = fc.string({
      unit: fc.constantFrom('a', 'B', '/', '~', ' ', '0', 'é', '注'),
      minLength: 1,
      maxLength: 6,
    });
    const scalar = fc
      .stringMatching(/^[A-Za-z]{3,12}$/)
      .filter((word) => !/^(?:true|false|null)$/i.test(word));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        scalar,
        fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { minKeys: 1, maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.boolean(), (value, flow) => {
        const written = stringify(value, { lineWidth: 0, ...(flow && { collectionStyle: 'flow' as const }) });
        for (const [place, text] of scalars(value, root)) expect(textAt(written, place)).toContain(text);
      }),
      { numRuns: 60 },
    );
  });
});

test('keys are in the order of the file, whatever they look like', () => {
  const text = 'x: &x {9: a, z: b}\ny: {b: 1, 2024: 2, <<: *x, 3: 3}\n';
  expect(keysInOrder(loadYaml('p.yaml', '/p.yaml', text), '/y')).toEqual(['9', 'z', 'b', '2024', '3']);
});

function* scalars(value: unknown, place: Place): Iterable<[Place, string]> {
  if (typeof value === 'string') yield [place, value];
  else for (const [key, inside] of Object.entries(value as object)) yield* scalars(inside, child(place, key));
}
