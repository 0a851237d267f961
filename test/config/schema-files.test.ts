import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Ajv } from 'ajv';
import { bundledSchema } from '../../src/config/schema-files.ts';

const folder = new URL('../../schemas/', import.meta.url);

test.each(['pipeline', 'project', 'plan'] as const)('the schema of a %s is self-contained', (name) => {
  const schema = bundledSchema(name);
  const definitions = Object.keys(schema.definitions as object);
  const references = [...JSON.stringify(schema).matchAll(/"\$ref":"([^"]*)"/g)].map(
    ([, reference]) => reference,
  );
  expect(references.length).toBeGreaterThan(10);
  for (const reference of references) {
    const [, , part = ''] = reference!.split('/');
    expect(reference).toMatch(/^#\/definitions\//);
    expect(definitions).toContain(part);
  }
});

test.each(['pipeline', 'project', 'plan'] as const)('the schema of a %s is one', (name) => {
  const ajv = new Ajv({ discriminator: true, strictTypes: false });
  expect(ajv.validateSchema(bundledSchema(name)), ajv.errorsText()).toBe(true);
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
