import { readFileSync } from 'node:fs';

/** A JSON Schema (draft-07) as parsed. */
export type JsonSchema = Record<string, unknown>;

export type SchemaName = 'pipeline' | 'project' | 'plan' | 'report' | 'event';

/**
 * Returns the schema of one kind of file with everything it refers to in its `definitions`, so that it is
 * self-contained: for the validator and the type generator. A definition keeps its name, and a file of its own is one
 * under the name of the file. `plan` is the document that `extracts plan --json` prints, `report` that of `apply --json`,
 * `event` a line of `apply --events`.
 */
export function bundledSchema(name: SchemaName): JsonSchema {
  const definitions = new Map<string, JsonSchema>();
  const files = new Map<string, JsonSchema>();
  const read = (file: string): JsonSchema => {
    const schema = files.get(file) ?? readSchema(file);
    files.set(file, schema);
    return schema;
  };
  const include = (schema: JsonSchema, file: string): JsonSchema =>
    withLocalReferences(without(schema, 'definitions'), file, (needed) => {
      if (definitions.has(needed.name)) return;
      definitions.set(needed.name, {});
      const found = definitionOf(read(needed.file), needed);
      definitions.set(needed.name, without(include(found, needed.file), '$schema'));
    }) as JsonSchema;
  const schema = include(read(name), name);
  const sorted = [...definitions].sort(([one], [other]) => (one < other ? -1 : 1));
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

function readSchema(file: string): JsonSchema {
  return JSON.parse(readFileSync(new URL(`${file}.schema.json`, folder), 'utf8')) as JsonSchema;
}

/** The target of a reference: a definition, or a whole file, which has the name of the file. */
interface Target {
  file: string;
  name: string;
}

function definitionOf(schema: JsonSchema, { file, name }: Target): JsonSchema {
  return name === file ? schema : ((schema.definitions as Record<string, JsonSchema>)[name] ?? {});
}

/** Turns `"x.schema.json#/definitions/y/a"` into `"#/definitions/y/a"`, and `"x.schema.json"` into `"#/definitions/x"`. */
function withLocalReferences(schema: unknown, here: string, need: (target: Target) => void): unknown {
  if (Array.isArray(schema)) return schema.map((item) => withLocalReferences(item, here, need));
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => {
    if (key !== '$ref' || typeof value !== 'string') return [key, withLocalReferences(value, here, need)];
    const [, file = here, name = file, inside = ''] = reference.exec(value) ?? [];
    need({ file, name });
    return [key, `#/definitions/${name}${inside}`];
  });
  return Object.fromEntries(entries) as JsonSchema;
}

const reference = /^(?:([\w-]+)\.schema\.json)?(?:#(?:\/definitions\/([^/]+))?(.*))?$/;

function without(schema: JsonSchema, key: string): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== key));
}
