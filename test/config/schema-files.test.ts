import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Ajv } from 'ajv';
import { bundledSchema, publishedSchema } from '../../src/config/schema-files.ts';

const folder = new URL('../../schemas/', import.meta.url);

test.each(['pipeline', 'project', 'plan', 'report', 'event'] as const)(
  'the schema of a %s is self-contained',
  (name) => {
    const schema = bundledSchema(name);
    const definitions = Object.keys(schema.definitions as object);
    const references = [...JSON.stringify(schema).matchAll(/"\$ref":"([^"]*)"/g)].map(
      ([, reference]) => reference,
    );
    expect(references.length).toBeGreaterThan(name === 'event' ? 1 : 10);
    for (const reference of references) {
      const [, , part = ''] = reference!.split('/');
      expect(reference).toMatch(/^#\/definitions\//);
      expect(definitions).toContain(part);
    }
  },
);

test.each(['pipeline', 'project', 'plan', 'report', 'event'] as const)(
  'the schema of a %s is one',
  (name) => {
    const ajv = new Ajv({ discriminator: true, strictTypes: false });
    expect(ajv.validateSchema(bundledSchema(name)), ajv.errorsText()).toBe(true);
  },
);

test.each(['pipeline', 'project', 'plan', 'report', 'event'])(
  'the schema file of a %s works with the files beside it',
  (name) => {
    const ajv = new Ajv({ discriminator: true, strictTypes: false, keywords: ['x-extracts'] });
    for (const file of readdirSync(folder))
      ajv.addSchema(JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as object, file);
    expect(ajv.getSchema(`${name}.schema.json`)).toBeTypeOf('function');
  },
);

test('every definition has a name of its own, and is used', () => {
  const texts = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const names = texts.flatMap((text) =>
    Object.keys((JSON.parse(text) as { definitions?: object }).definitions ?? {}),
  );
  const files = readdirSync(folder).map((file) => file.replace('.schema.json', ''));
  expect(names.filter((name, index) => names.indexOf(name) !== index || files.includes(name))).toEqual([]);
  expect(names.filter((name) => !texts.some((text) => text.includes(`#/definitions/${name}`)))).toEqual([]);
});

test('a text for other validators has no annotations of ours', () => {
  expect(JSON.stringify(bundledSchema('pipeline'))).toContain('x-extracts');
  const published = publishedSchema('pipeline');
  expect(JSON.stringify(published)).not.toContain('x-extracts');
  expect(new Ajv({ discriminator: true, strictTypes: false }).compile(published)).toBeTypeOf('function');
});

describe('every schema', () => {
  test.each(readdirSync(folder))('%s: closed maps, and a description for every property', (file) => {
    const schema = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as unknown;
    for (const part of parts(schema)) {
      if (part.properties === undefined) continue;
      expect(part.additionalProperties, file).toBe(false);
      for (const [key, property] of Object.entries(part.properties)) {
        expect(property.description ?? property.$ref, `${file}: ${key}`).toBeTypeOf('string');
      }
    }
    const { description } = schema as { description?: string };
    expect(description).toBeTypeOf('string');
  });
});

interface Part {
  properties?: Record<string, { description?: string; $ref?: string }>;
  additionalProperties?: unknown;
}

function* parts(value: unknown): Iterable<Part> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value;
  for (const inside of Object.values(value)) yield* parts(inside);
}
