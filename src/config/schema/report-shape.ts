import { Ajv, type ValidateFunction } from 'ajv';
import { bundledSchema } from '../schema-files.ts';
import { validation } from './ajv-options.ts';

let validate: ValidateFunction | undefined;

/** Returns true if a value has the shape of a report of this version or another: it may have more properties, or lack those that are new. */
export function isReportDocument(value: unknown): boolean {
  validate ??= new Ajv(validation).compile(tolerant(bundledSchema('report')) as object);
  return validate(value);
}

/** Properties that reports of 0.2.0 do not have. */
const recent: ReadonlySet<unknown> = new Set(['format', 'tool', 'ended', 'exitCode', 'class', 'retryable']);

function tolerant(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(tolerant);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
      if (key === 'additionalProperties' && value === false) return [];
      if (key === 'required' && Array.isArray(value)) return [[key, value.filter((one) => !recent.has(one))]];
      return [[key, tolerant(value)]];
    }),
  );
}
