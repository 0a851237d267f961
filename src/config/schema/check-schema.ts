import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { CheckedSchema } from './checked-schema.ts';
import { sentences } from './sentences.ts';
import { validatorOf } from './validator.ts';

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
    const errors = validate.errors ?? [];
    for (const error of errors.filter((one) => !isChoice(one, errors)))
      value = standIn(error, value) ?? without(value, wrongPart(error));
  }
  return withoutStandIns(value);
}

/** Returns true for "must match then/else": the errors inside of that part are its cause. */
function isChoice({ keyword, instancePath }: ErrorObject, errors: readonly ErrorObject[]): boolean {
  const isInside = (other: ErrorObject) =>
    other.keyword !== 'if' && `${other.instancePath}/`.startsWith(`${instancePath}/`);
  return keyword === 'if' && errors.some(isInside);
}

/** Returns a file in which what is missing is replaced: without a name or with no valid source it still has tables. */
function standIn({ instancePath, keyword, params }: ErrorObject, value: unknown): unknown {
  if (instancePath !== '' || keyword !== 'required') return undefined;
  const { missingProperty } = params as { missingProperty: string };
  if (!Object.hasOwn(standIns, missingProperty)) return undefined;
  return { ...(value as object), [missingProperty]: standIns[missingProperty as keyof typeof standIns] };
}

const standIns = { name: 'unnamed', version: 1, sources: { unknown: { connection: 'unknown' } } } as const;

/** The source was only there for the shape. Tables that name a source which is not valid are not checked against it. */
function withoutStandIns(value: unknown): unknown {
  const isReplaced = (value as { sources?: unknown } | undefined)?.sources === standIns.sources;
  return isReplaced ? { ...(value as object), sources: {} } : value;
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
