import { bundledSchema, type JsonSchema, type SchemaName } from '../schema-files.ts';

/** The schemas that files are compared with. */
export type CheckedSchema = Exclude<SchemaName, 'plan' | 'report' | 'event'>;

/**
 * Returns a schema as a validator needs it: without what it says to readers and editors. That is most of it, and every run would
 * read it when it starts, because an error holds the part of the schema that it is about.
 */
export function checkedSchema(name: CheckedSchema): JsonSchema {
  return withoutNotes(bundledSchema(name)) as JsonSchema;
}

const notes: ReadonlySet<string> = new Set(['description', 'examples', 'default', 'x-extracts']);

/** Their keys are names that a file may use, and say nothing about it. */
const namesToSchemas: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'definitions']);

function withoutNotes(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutNotes);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    if (notes.has(key)) return [];
    return [[key, namesToSchemas.has(key) ? eachWithoutNotes(value as JsonSchema) : withoutNotes(value)]];
  });
  return Object.fromEntries(entries) as JsonSchema;
}

function eachWithoutNotes(schemas: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutNotes(schema)]));
}
