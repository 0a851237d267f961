import { afterEach, describe, expect, it, test } from 'vitest';
import { foreign, forgetSecrets, keepSecret, mask } from '../../src/model/errors/secrets.ts';
import { nameList } from '../../src/model/base/name-list.ts';

const inAscii = (text: string) =>
  JSON.stringify(text)
    .slice(1, -1)
    .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

afterEach(forgetSecrets);

const inXml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll("'", '&apos;');

describe.each([
  'ordinary',
  'several\nlines\tof a key',
  'an \u001b escape',
  'a "quote" and a \\',
  'ümläute & more',
  "it's <b>",
  'a+b/c=d?e&f',
  'x'.repeat(40),
])('%j is masked', (secret) => {
  it.each<[string, (text: string) => string]>([
    ['as it is', (text) => text],
    ['in JSON', (text) => JSON.stringify(text).slice(1, -1)],
    ['in a URL', encodeURIComponent],
    [
      'in a URL with small hex digits',
      (text) => encodeURIComponent(text).replace(/%../g, (hex) => hex.toLowerCase()),
    ],
    ['in a form', (text) => encodeURIComponent(text).replaceAll('%20', '+')],
    ['in XML', inXml],
    ['in XML by numbers', (text) => text.replace(/[^\w]/gu, (one) => `&#${one.codePointAt(0) ?? 0};`)],
    [
      'in XML by hexadecimal numbers',
      (text) =>
        text.replace(/[^\w]/gu, (one) => `&#x${(one.codePointAt(0) ?? 0).toString(16).toUpperCase()};`),
    ],
    ['in JSON of ASCII', inAscii],
    ['in JSON within JSON', (text) => JSON.stringify(inAscii(text)).slice(1, -1)],
    ['in SQL', (text) => text.replaceAll("'", "''")],
    ['in CSV', (text) => text.replaceAll('"', '""')],
    ['in base64', (text) => Buffer.from(text).toString('base64')],
    ['in base64 for URLs', (text) => Buffer.from(text).toString('base64url')],
  ])('%s', (_, spell) => {
    keepSecret(secret);
    expect(foreign(`the server says: ${spell(secret)} twice, "${spell(secret)}"`)).toBe(
      `the server says: ${mask} twice, "${mask}"`,
    );
  });
});

test('in base64 of a longer text', () => {
  keepSecret('Tr0ub4dor&3');
  for (const user of ['a', 'me', 'you', 'user']) {
    const shown = foreign(`Basic ${Buffer.from(`${user}:Tr0ub4dor&3`).toString('base64')}`);
    expect(shown).toContain(mask);
    expect(Buffer.from(shown.replace(mask, ''), 'base64').toString('latin1')).not.toContain('r0ub4dor');
  }
});

test('letters and digits of some length are masked inside of other words', () => {
  keepSecret('Tr0ub4dor3');
  expect(foreign('invalid input: "user_Tr0ub4dor3"')).toBe(`invalid input: "user_${mask}"`);
});

test('a word is masked as a whole word only', () => {
  keepSecret('table');
  expect(foreign('no table "table" in tables, tablespace or stable')).toBe(
    `no ${mask} "${mask}" in tables, tablespace or stable`,
  );
  // The letter or digit that ends an escape is none of the word.
  expect(foreign('see%20table and \\ntable')).toBe(`see%20${mask} and \\n${mask}`);
});

test.each(['1', 'a', 'ab', '42', '  '])('the short secret %j is masked in quotes and alone', (secret) => {
  keepSecret(secret);
  expect(foreign(secret)).toBe(mask);
  expect(foreign(`line 1: a value ab of 42 is "${secret}"`)).toBe(`line 1: a value ab of 42 is "${mask}"`);
});

test('a value that cannot occur by chance is masked inside of other words', () => {
  keepSecret('0123456789abcdef');
  expect(foreign('Bearer_0123456789abcdef_x')).toBe(`Bearer_${mask}_x`);
});

test('each line of a key is masked by itself', () => {
  keepSecret('-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END KEY-----');
  expect(foreign('unexpected MIIEvQIBADANBgkqhkiG9w0 here')).toBe(`unexpected ${mask} here`);
});

test('an empty secret and no secret change nothing', () => {
  keepSecret('');
  expect(foreign('a text')).toBe('a text');
});

test('names are few, short and masked before they are cut', () => {
  const secret = 'k'.repeat(60);
  keepSecret(secret);
  const names = [
    `value ${secret}`,
    'long '.repeat(10),
    ...Array.from({ length: 10 }, (_, index) => `c${index}`),
  ];
  expect(nameList(names)).toBe(
    `"value ${mask}", "${'long '.repeat(8).slice(0, 39)}…", "c0", "c1", "c2", "c3", "c4", "c5" and 4 more`,
  );
});
