import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { interpolate } from '../../src/config/references/interpolate.ts';
import type { Substitution } from '../../src/config/references/substitution.ts';
import { hidePasswords } from '../../src/config/references/hide-passwords.ts';
import { secretsIn } from '../../src/config/references/passwords.ts';
import {
  isSecretPart,
  replaceTexts,
  secretKeys,
  textsIn,
  textUse,
} from '../../src/config/references/places.ts';
import { collectSecretNames } from '../../src/config/references/secret-names.ts';
import { buildTextTree, type TextNode } from '../../src/config/schema/build-text-tree.ts';
import { textTree } from '../../src/config/schema/text-tree.ts';
import { textPurposes, textTraits } from '../../src/config/schema/text-words.ts';
import type { JsonSchema } from '../../src/config/schema-files.ts';
import { readablePaths } from '../../src/model/config/readable-paths.ts';

const folder = new URL('../../schemas/', import.meta.url);

/** The parts of a schema that are schemas themselves, with their pointers. */
function* schemasIn(schema: unknown, pointer = ''): Iterable<{ schema: JsonSchema; pointer: string }> {
  if (Array.isArray(schema)) {
    for (const [index, one] of schema.entries()) yield* schemasIn(one, `${pointer}/${index}`);
  } else if (typeof schema === 'object' && schema !== null) {
    yield { schema: schema as JsonSchema, pointer };
    for (const [key, inside] of Object.entries(schema)) {
      if (['properties', 'definitions', 'patternProperties'].includes(key)) {
        for (const [name, one] of Object.entries(inside as object))
          yield* schemasIn(one, `${pointer}/${key}/${name}`);
      } else if (!['examples', 'default', 'enum', 'const', 'required', 'x-extracts'].includes(key)) {
        yield* schemasIn(inside, `${pointer}/${key}`);
      }
    }
  }
}

const files = readdirSync(folder).filter(
  (file) => !['plan.schema.json', 'report.schema.json', 'event.schema.json'].includes(file),
);

describe.each(files)('%s', (file) => {
  const all = [...schemasIn(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))];

  test('says of every text what it is for', () => {
    for (const { schema, pointer } of all) {
      // Of the texts in a list of allowed values none is a reference.
      const isText = [schema.type].flat().includes('string') && !('enum' in schema);
      const [purpose, ...traits] = [schema['x-extracts'] ?? []].flat();
      if (isText) expect(textPurposes, `${file}${pointer}`).toContain(purpose);
      else expect(purpose, `${file}${pointer}`).toBeUndefined();
      for (const trait of traits) expect(textTraits, `${file}${pointer}`).toContain(trait);
    }
  });
});

test('every word is used and explained', () => {
  const text = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
  const used = new Set(places.flatMap(({ words }) => words));
  for (const word of [...textPurposes, ...textTraits]) {
    expect(used, word).toContain(word);
    expect(text, word).toContain(`| \`${word}\` |`);
  }
});

test('a key with two meanings is refused', () => {
  const text = (words: string) => ({ properties: { a: { type: 'string', 'x-extracts': words } } });
  expect(() => buildTextTree([text('path'), text('sql')])).toThrow('"a" two meanings: path and sql');
});

/** All texts of a configuration, with a name and a number in the place of the keys and items that users choose. */
function* placesIn(node: TextNode, pointer = ''): Iterable<{ pointer: string; words: readonly string[] }> {
  if (node.words !== undefined) yield { pointer, words: node.words };
  for (const [key, inside] of Object.entries(node.keys ?? {})) yield* placesIn(inside, `${pointer}/${key}`);
  if (node.each !== undefined) yield* placesIn(node.each, `${pointer}/0`);
}

const places = [...placesIn(textTree())];
const having = (...words: readonly string[]) =>
  places.filter((place) => words.some((word) => place.words.includes(word))).map(({ pointer }) => pointer);

/** The codes of the problems with a text in a place, and the secrets that were found. */
function judged(pointer: string, text: string, each: Readonly<Record<string, string>> = {}) {
  const found: string[] = [];
  const secrets: string[] = [];
  const substitution: Substitution = {
    env: { NAME: 'a-value' },
    unsetVariables: 'error',
    registerSecret: (value) => void secrets.push(value),
    report: ({ code }) => void found.push(code),
    secretNames: collectSecretNames([]),
    readable: { root: '/' },
    refusePath: readablePaths({ root: '/' }),
    each: { address: 'a[acme]', values: new Map(Object.entries(each)) },
  };
  interpolate(text, { file: 'a.yaml', pointer }, substitution);
  return { codes: found, secrets };
}

describe('wherever the schema has such a text', () => {
  test.each([
    '/defaults/sources/postgres/ssl/ca',
    '/sources/0/ssl/key',
    '/connections/0/header_file/key',
    '/destinations/0/path',
    '/destinations/0/ca',
    '/template/file',
    '/extract/file',
  ])('%s is found', (pointer) => {
    expect(having('path')).toContain(pointer);
  });

  test.each(['../../etc', 'a/b', 'a\\b', '..', '.', '', 'a\nb'])('a path takes no value %j', (dir) => {
    const taken = having('path', 'pattern')
      .filter((pointer) => !pointer.startsWith('/for_each/'))
      .filter((pointer) => judged(pointer, 'certs/${each.dir}/x', { dir }).codes[0] !== 'EXT1085');
    expect(taken).toEqual([]);
  });

  test('a list of items is not named by an item', () => {
    expect(judged('/for_each/file', '${each.dir}.csv', { dir: 'x' }).codes).toEqual(['EXT1084']);
  });

  test('what is recorded takes no secret', () => {
    const taken = having('recorded').filter((pointer) => {
      const expected = having('sql').includes(pointer) ? 'EXT1022' : 'EXT1025';
      return judged(pointer, 'x${secret.NAME}').codes[0] !== expected;
    });
    expect(taken).toEqual([]);
  });

  test('everything else takes one', () => {
    const recorded = new Set(having('recorded'));
    const refused = places
      .map(({ pointer }) => pointer)
      .filter((pointer) => !recorded.has(pointer) && judged(pointer, '${secret.NAME}').codes.length > 0);
    expect(refused).toEqual([]);
  });

  test('SQL takes no value of an item', () => {
    const taken = having('sql').filter(
      (pointer) => judged(pointer, "x = '${each.id}'", { id: '1' }).codes.length === 0,
    );
    expect(taken).toEqual([]);
  });

  test('a secret is kept, from a variable and as it is written', () => {
    for (const pointer of having('secret')) {
      expect(judged(pointer, '${env.NAME}').secrets, pointer).toContain('a-value');
      expect(secretsIn('hunter-22', { file: '', pointer }), pointer).toEqual(['hunter-22']);
      const key = pointer.split('/').at(-1) ?? '';
      expect(hidePasswords(`${key}: hunter-22`), pointer).toBe(`${key}: *********`);
      expect(hidePasswords(`${key}: "\${env.X:-hunter-22}"`), pointer).toBe(`${key}: "\${env.X:-*********}"`);
    }
  });

  test('what is masked and the password in a URL are kept, too', () => {
    for (const pointer of having('masked'))
      expect(secretsIn('AKID', { file: '', pointer }), pointer).toEqual(['AKID']);
    for (const pointer of having('url'))
      expect(secretsIn('postgres://u:a%20b@h/d?sslpassword=p', { file: '', pointer }), pointer).toEqual([
        'a%20b',
        'p',
        'a b',
        'p',
      ]);
  });

  test('facts about the file of a row are left to the row', () => {
    const refused = places
      .map(({ pointer }) => pointer)
      .filter((pointer) => judged(pointer, '${file.name}').codes.length === 0);
    expect(refused).toEqual(having('facts'));
  });
});

test('the keys of secrets are named so', () => {
  expect(secretKeys()).toEqual([
    'external_id',
    'password',
    'secret_access_key',
    'secret_value',
    'session_token',
    'token_secret',
  ]);
  const words = /\/(?:password|token_secret|secret_value|secret_access_key|session_token|external_id)$/;
  expect(places.map(({ pointer }) => pointer).filter((pointer) => words.test(pointer))).toEqual(
    having('secret'),
  );
});

test('what should not be a map or a list is judged as the text that belongs there', () => {
  expect(textUse('/sources/s/password/0/x').purpose).toBe('secret');
  expect(textUse('/sources/a~1b/ssl/ca').purpose).toBe('path');
});

test('a key that the schema does not know takes no secret', () => {
  expect(textUse('/nothing/like/this').has('recorded')).toBe(true);
  expect(textUse('/sources/constructor/toString').has('recorded')).toBe(true);
});

test('texts are found and replaced by their use', () => {
  const value = {
    postgres: { host: 'h', port: 5432, ssl: { mode: 'verify-full', ca: 'a.pem' } },
    file: null,
  };
  const place = { file: 'p.yaml', pointer: '/defaults/sources' };
  const found = [...textsIn(value, place)].map(({ text, place: at, use }) => [at.pointer, text, use.purpose]);
  expect(found).toEqual([
    ['/defaults/sources/postgres/host', 'h', 'host'],
    ['/defaults/sources/postgres/ssl/mode', 'verify-full', 'text'],
    ['/defaults/sources/postgres/ssl/ca', 'a.pem', 'path'],
  ]);
  expect(replaceTexts(value, place, ({ text, use }) => (use.has('read') ? `/x/${text}` : text))).toEqual({
    ...value,
    postgres: { ...value.postgres, ssl: { mode: 'verify-full', ca: '/x/a.pem' } },
  });
});

test.each([
  ['url', '${each.url}', '${each.url}', true],
  ['url', 'postgresql://r:${each.pw}@h/db', '${each.pw}', true],
  ['url', 'postgresql://r:x${each.pw}y@h/db', '${each.pw}', true],
  ['url', 'postgresql://h/db?user=x&password=${each.pw}', '${each.pw}', true],
  ['url', 'postgresql://${each.user}:x@h/db', '${each.user}', false],
  ['url', 'postgresql://r:x@${each.host}/db', '${each.host}', false],
  ['url', 'postgresql://r:x@h:${each.port}/${each.key}', '${each.key}', false],
  ['secret', 'x${each.pw}', '${each.pw}', true],
  ['text', '${each.user}', '${each.user}', false],
  ['endpoint', '${each.endpoint}', '${each.endpoint}', false],
] as const)('%s %s: %s is a password: %s', (purpose, text, reference, expected) => {
  const from = text.indexOf(reference);
  expect(isSecretPart(purpose, text, from, from + reference.length)).toBe(expected);
});
