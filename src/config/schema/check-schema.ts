import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { sentences } from './sentences.ts';
import { validatorOf, type CheckedSchema } from './validator.ts';

export interface Shape {
  diagnostics: readonly Diagnostic[];
  /**
   * The value without its invalid parts, so that the rules can still check the rest; undefined if too little is left.
   * It has the shape that the schema describes.
   */
  sound: unknown;
}

/** Compares what was written with its schema. */
export function checkShape(name: CheckedSchema, file: string, written: unknown): Shape {
  const validate = validatorOf(name);
  if (validate(written)) return { diagnostics: [], sound: written };
  const diagnostics = sentences(name, file, validate.errors ?? []);
  return { diagnostics, sound: soundPart(validate, written) };
}

/** Taking a wrong part out may leave its parent without a required key: then that goes too, and so on upwards. */
function soundPart(validate: ValidateFunction, written: unknown): unknown {
  let value = written;
  while (value !== undefined && !validate(value)) {
    for (const error of validate.errors ?? [])
      value = standIn(error, value) ?? without(value, wrongPart(error));
  }
  return value;
}

/** Returns a substitute for an invalid value: a file whose name or version is wrong still has tables to check. */
function standIn({ instancePath, keyword, params }: ErrorObject, value: unknown): unknown {
  if (instancePath !== '' || keyword !== 'required') return undefined;
  const { missingProperty } = params as { missingProperty: string };
  if (missingProperty === 'name') return { ...(value as object), name: 'unnamed' };
  if (missingProperty === 'version') return { ...(value as object), version: 1 };
  return undefined;
}

function wrongPart({ instancePath, keyword, params }: ErrorObject): string[] {
  const tokens = instancePath
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  return keyword === 'additionalProperties' ? [...tokens, String(params.additionalProperty)] : tokens;
}

/** A list goes as a whole: without one item the others would have other places. */
function without(value: unknown, [token, ...rest]: readonly string[]): unknown {
  if (token === undefined || Array.isArray(value)) return undefined;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inside]: [string, unknown]) => {
      const left = key === token ? without(inside, rest) : inside;
      return left === undefined ? [] : [[key, left]];
    }),
  );
}
