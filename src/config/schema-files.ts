import { readFileSync } from 'node:fs';

/** A JSON Schema (draft-07) as parsed. */
export type JsonSchema = Record<string, unknown>;

export type SchemaName = 'pipeline' | 'project' | 'plan';

/**
 * Returns the schema of one kind of file with everything it refers to in its `definitions`, so that it is
 * self-contained: for the validator and the type generator. `plan` is the document that `extracts
 * plan --json` prints.
 */
export function bundledSchema(name: SchemaName): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const include = (part: string): JsonSchema => {
    const schema = withLocalReferences(readSchema(part), (needed) => {
      if (needed in definitions) return;
      definitions[needed] = {};
      definitions[needed] = withoutDialect(include(needed));
    });
    return schema as JsonSchema;
  };
  const schema = include(name);
  const own = (schema.definitions ?? {}) as Record<string, JsonSchema>;
  const all = { ...own, ...definitions };
  const sorted = Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1));
  return { ...schema, definitions: Object.fromEntries(sorted) };
}

/**
 * Returns the same schema for validators and editors of others: without our own annotations, which strict ones would
 * refuse.
 */
export function publishedSchema(name: SchemaName): JsonSchema {
  return withoutWords(bundledSchema(name)) as JsonSchema;
}

function withoutWords(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutWords);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) =>
      key === 'x-extracts' ? [] : [[key, withoutWords(value)]],
    ),
  );
}

// src/config and dist/config are equally deep in the package.
const folder = new URL('../../schemas/', import.meta.url);

function readSchema(part: string): unknown {
  return JSON.parse(readFileSync(new URL(`${part}.schema.json`, folder), 'utf8'));
}

/** Turns `"x.schema.json#/a"` into `"#/definitions/x/a"`; references within a file are left as they are. */
function withLocalReferences(schema: unknown, need: (part: string) => void): unknown {
  if (Array.isArray(schema)) return schema.map((item) => withLocalReferences(item, need));
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => {
    if (key !== '$ref' || typeof value !== 'string' || value.startsWith('#'))
      return [key, withLocalReferences(value, need)];
    const [file = '', inside = ''] = value.split('#');
    const part = file.replace('.schema.json', '');
    need(part);
    return [key, `#/definitions/${part}${inside}`];
  });
  return Object.fromEntries(entries) as JsonSchema;
}

function withoutDialect(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema'));
}
