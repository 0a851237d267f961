import { describe, expect, test } from 'vitest';
import { isSecretPart, listedPurpose, purposeOf } from '../../src/config/references/places.ts';
import { bundledSchema, type JsonSchema } from '../../src/config/schema-files.ts';

/** The pointers of all texts that a schema allows, with a `*` or a number for what has any name. */
function textsOf(root: JsonSchema): string[] {
  const found = new Set<string>();
  const walk = (schema: JsonSchema | undefined, pointer: string, depth: number): void => {
    if (schema === undefined || typeof schema !== 'object' || depth > 16) return;
    const part = schema as Record<string, unknown>;
    const ref = part.$ref;
    if (typeof ref === 'string') {
      const target = ref
        .slice(2)
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], root);
      walk(target as JsonSchema, pointer, depth + 1);
    }
    for (const key of ['oneOf', 'anyOf', 'allOf', 'then', 'else'])
      for (const one of [part[key] ?? []].flat()) walk(one as JsonSchema, pointer, depth + 1);
    for (const [key, one] of Object.entries((part.properties ?? {}) as Record<string, JsonSchema>))
      walk(one, `${pointer}/${key}`, depth + 1);
    walk(part.additionalProperties as JsonSchema, `${pointer}/*`, depth + 1);
    walk(part.items as JsonSchema, `${pointer}/0`, depth + 1);
    if ([part.type].flat().includes('string') && part.enum === undefined && part.const === undefined)
      found.add(pointer);
  };
  walk(root, '', 0);
  return [...found];
}

describe.each(['pipeline', 'project'] as const)('the texts of %s', (name) => {
  const pointers = textsOf(bundledSchema(name));

  test('are found', () => {
    expect(pointers).toEqual(
      expect.arrayContaining(
        ['/defaults/sources/postgres/ssl/ca', '/destinations/*/path'].map((one) =>
          name === 'pipeline' ? one.replace('/destinations/*', '/destinations/0') : one,
        ),
      ),
    );
  });

  test('all have a purpose: a new key of a source or destination is added to config/places.ts', () => {
    expect(pointers.filter((pointer) => listedPurpose(pointer) === undefined)).toEqual([]);
  });

  test('that name files are paths wherever they are written', () => {
    const files = pointers.filter((pointer) =>
      /\/(?:ca|cert|file|path|bucket|prefix|key)(?:\/0)?$/.test(pointer),
    );
    const others = files.filter((pointer) => !['path', 'pattern'].includes(purposeOf(pointer)));
    // A list of items may not be named by an item.
    expect(others.filter((pointer) => pointer !== '/for_each/file')).toEqual([]);
  });

  test('that are passwords are secrets wherever they are written', () => {
    const words = /\/(?:password|token_secret|secret_value|secret_access_key|session_token|external_id)$/;
    expect(pointers.filter((pointer) => words.test(pointer) && purposeOf(pointer) !== 'secret')).toEqual([]);
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
  ['access', '${each.user}', '${each.user}', false],
  ['endpoint', '${each.endpoint}', '${each.endpoint}', false],
] as const)('%s %s: %s is a password: %s', (purpose, text, reference, expected) => {
  const from = text.indexOf(reference);
  expect(isSecretPart(purpose, text, from, from + reference.length)).toBe(expected);
});
