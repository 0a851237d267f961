import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadYaml } from '../../src/config/read/parse.ts';
import { locate } from '../../src/config/read/locate.ts';

const load = (text: string) => loadYaml('p.yaml', '/p.yaml', text);

test('keys are what is written, not what YAML makes of them', () => {
  const { value, diagnostics } = load('null: a\ntrue: b\n0x10: c\n~: d\n"q": e\n');
  expect(value).toEqual({ null: 'a', true: 'b', '0x10': 'c', '~': 'd', q: 'e' });
  expect(diagnostics).toEqual([]);
});

test('aliases and merge keys: own keys win, then the first that is merged', () => {
  const { value } = load('a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\nd: *a\n');
  expect(value).toMatchObject({ c: { x: 3, y: 1, z: 2 }, d: { x: 1, y: 1 } });
});

test('a quoted << is a key like others', () => {
  expect(load('"<<": 1\n').value).toEqual({ '<<': 1 });
});

test('no key reaches the prototype', () => {
  const { value } = load('__proto__: {polluted: true}\n');
  expect(Object.keys(value as object)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('of a cascade only the first error', () => {
  const { value, diagnostics } = load('a: [1,\nb: {c: 2\n  d: ]\n');
  expect(value).toBeUndefined();
  expect(diagnostics).toHaveLength(1);
});

test.each([
  ['a: 1\n---\nb: 2\n', 'one file is one pipeline'],
  ['a: @x\n', 'quote the text'],
  ['a: [${env.X}]\n', 'quote "${…}"'],
])('%j has a hint', (text, hint) => {
  expect(load(text).diagnostics[0]?.hint).toContain(hint);
});

test.each([
  ['? {a: 1}\n: 2\n', 'a key has to be text'],
  ['a: {<<: 5}\n', '<< takes a map'],
])('%j is refused', (text, message) => {
  expect(load(text).diagnostics[0]?.message).toContain(message);
});

test.each([20_000, 300])('%i lists in each other are too many', (depth) => {
  const { diagnostics } = load(`${'['.repeat(depth)}1${']'.repeat(depth)}`);
  expect(diagnostics).toMatchObject([{ message: 'YAML: maps and lists are nested too deeply' }]);
});

test('no text makes it throw, and every place can be found', () => {
  const unit = fc.constantFrom(
    ...'abn:-?[]{},&*!|>%@`"\'#<~ \n\n\t$0.é'.split(''),
    '<<: ',
    '&a',
    '*a',
    ': ',
    '- ',
    '\r\n',
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
      const loaded = load(text);
      for (const { place } of loaded.diagnostics) {
        const { line, column } = locate(loaded, place!);
        expect(line).toBeGreaterThan(0);
        expect(column).toBeGreaterThan(0);
      }
      locate(loaded, { file: 'p.yaml', pointer: '/a/0/b' });
    }),
    { numRuns: 2000 },
  );
});

test('an unknown tag is reported', () => {
  expect(load('a: !secret x\n').diagnostics).toMatchObject([
    { code: 'EXT1001', message: 'YAML: an unknown tag: quote a text that begins with !' },
  ]);
});

test.each(['*', '@', '`', '!', '&', '%', "'", '"\\q', '{', '[', '|', '>'])(
  'no message repeats a password that is not quoted and begins with %s',
  (sign) => {
    const { diagnostics } = load(`password: ${sign}hunter2\nnext: 1\n`);
    expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
  },
);

test('a file without aliases that holds too many values is not said to have any', () => {
  const { diagnostics } = load(`x-big: [${'1,'.repeat(200_001)}]\n`);
  expect(diagnostics).toMatchObject([{ code: 'EXT1006', message: 'this file has more than 200,000 values' }]);
});
