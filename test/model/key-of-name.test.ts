import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alike, isKey, keyOfName, longestKey, nameOfKey } from '../../src/model/config/key-of-name.ts';

test.each([
  ['acme', 'acme'],
  ['Acme GmbH', 'Acme%20GmbH'],
  ['a%20b', 'a%2520b'],
  ['.git', '%2Egit'],
  ['-x', '%2Dx'],
  ['a..b', 'a%2E.b'],
  ['v1.2', 'v1.2'],
  ['end.', 'end%2E'],
  ['..', '%2E%2E'],
  ['tail ', 'tail%20'],
  ['\u00e9', '%C3%A9'],
  ['e\u0301', 'e%CC%81'],
  ['[x]', '%5Bx%5D'],
  ["o'neill (EU)!*", 'o%27neill%20%28EU%29%21%2A'],
  ['😀', '%F0%9F%98%80'],
])('the folder %j has the key %s', (name, key) => {
  expect(keyOfName(name)).toBe(key);
  expect(nameOfKey(key)).toBe(name);
});

test('a name that is empty, too long or no text has no key', () => {
  for (const name of ['', 'a'.repeat(longestKey + 1), 'é'.repeat(17), 'x\ud800', 'ü'.repeat(512)])
    expect(keyOfName(name)).toBeUndefined();
  expect(keyOfName('a'.repeat(longestKey))).toBe('a'.repeat(longestKey));
});

test('keys that no name has are no keys of folders', () => {
  for (const key of ['', '%', 'a%2', 'a%zz', '%61', 'a%2fb', 'a b', '%FF', '.a', 'ä'])
    expect(nameOfKey(key)).toBeUndefined();
});

/** Names that are hard: what the encoding itself uses, dots, spaces, and characters that differ only for Unicode. */
const hard = fc.string({
  unit: fc.constantFrom(...Array.from('aB9_-..%2E é/\\\n[]~'), 'e\u0301', '😀'),
  maxLength: 12,
});
const anyName = fc.oneof(hard, fc.string({ unit: 'binary', maxLength: 12 }));

test('any name comes back from its key, which is safe', () => {
  fc.assert(
    fc.property(anyName, (name) => {
      const key = keyOfName(name);
      if (key === undefined) return name === '' || encodeURIComponent(name).length > longestKey / 2;
      // Without the signs of percent encoding it is a key as lists have them.
      return nameOfKey(key) === name && isKey(key.replace(/%[0-9A-F]{2}/g, 'x'));
    }),
    { numRuns: 5000 },
  );
});

test('different names have different keys', () => {
  fc.assert(
    fc.property(
      hard,
      hard,
      (one, other) => one === other || keyOfName(one) !== keyOfName(other) || keyOfName(one) === undefined,
    ),
    { numRuns: 5000 },
  );
});

test('keys that a variable or a file system may confuse are alike', () => {
  expect(alike('Acme-Inc')).toBe(alike('acme_inc'));
  expect(alike('acme')).not.toBe(alike('acme2'));
});
