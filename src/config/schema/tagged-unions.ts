import type { ErrorObject } from 'ajv';
import { nearest } from '../../model/base/nearest.ts';
import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import { bundledSchema, type JsonSchema, type SchemaName } from '../schema-files.ts';
import { ownKeyOf, ownTag } from './foreign-keys.ts';
import { oneOf } from './value-names.ts';

/** A file with the complaints of the validator about it. */
export interface WrongFile {
  name: SchemaName;
  file: string;
  errors: readonly ErrorObject[];
}

/** Explains a map that has neither `type` nor the key that names a shared one. */
export function withoutTag(error: ErrorObject, subject: string, { file, errors }: WrongFile): Diagnostic {
  const place: Place = { file, pointer: error.instancePath, part: 'key' };
  const choice = errors.find(
    ({ keyword, instancePath }) => keyword === 'if' && instancePath === error.instancePath,
  );
  const [byName] = ((choice && schemaOf(choice).if) as { required?: string[] } | undefined)?.required ?? [];
  const wanted = byName === undefined ? ['type'] : ['type', byName];
  for (const key of Object.keys(error.data as object)) {
    const isUnspaced = wanted.some((one) => key.startsWith(`${one}:`));
    const near = ownKeyOf(key, wanted) ?? nearest(key, wanted);
    if (!isUnspaced && (near === undefined || near === key)) continue;
    const hint = isUnspaced ? 'write a space after the colon' : `did you mean "${near}"?`;
    const at: Place = { ...child(place, key), part: 'key' };
    const message = `unknown key "${key}"`;
    return { code: codes.unknownKey, severity: 'error', message, hint, place: at };
  }
  const message = `${subject} lacks "type": ${oneOf(tags(error))}`;
  const hint =
    byName === undefined ? {} : { hint: `or name one that extracts.yaml defines: {${byName}: NAME}` };
  return { code: codes.missingKey, severity: 'error', message, ...hint, place };
}

/** Explains a `type` that there is not. */
export function unknownTag(error: ErrorObject, place: Place): Diagnostic {
  const value = String((error.params as { tagValue: unknown }).tagValue);
  const near = ownTag(value, tags(error)) ?? nearest(value, tags(error));
  const isFormat = ['csv', 'text', 'parquet'].includes(value) && tags(error).includes('file');
  const isBucket = value === 's3' && tags(error).includes('tableau');
  return {
    code: codes.notAllowed,
    severity: 'error',
    message: `"type" must be ${oneOf(tags(error))}, not the text "${value}"`,
    ...(isBucket
      ? { hint: 'S3 is a source only: write a file, and copy it to the bucket after extracts apply' }
      : isFormat
        ? { hint: `that is a format: write type: file, format: ${value}` }
        : near !== undefined && { hint: `did you mean "${near}"?` }),
    place: child(place, 'type'),
  };
}

/** The types that a tagged union knows. The validator has already followed the references of its branches. */
function tags(error: ErrorObject): string[] {
  const branches = schemaOf(error).oneOf as { $ref?: string }[];
  return branches.map(({ $ref = '' }) => $ref.split('.').at(-1) ?? '');
}

/** Returns true if this text could have been a map as well: the union is written as if/then/else. */
export function hasMapForm(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  return errors.some((other) => {
    if (other.keyword !== 'if' || other.instancePath !== error.instancePath) return false;
    const condition = schemaOf(other).if as JsonSchema;
    return other.params.failingKeyword === 'else' && condition.required === undefined;
  });
}

/** Returns keys that would do in the place of the missing one: a map with them is of the other kind (if/then/else). */
export function otherWays(error: ErrorObject, { name, errors }: WrongFile): string[] {
  const choice = errors.find(
    ({ keyword, instancePath }) => keyword === 'if' && instancePath === error.instancePath,
  );
  if (choice === undefined) return [];
  const { if: condition, else: fallback } = schemaOf(choice) as { if: JsonSchema; else: { $ref?: string } };
  const { definitions } = bundledSchema(name) as { definitions: Record<string, JsonSchema> };
  const isOfElse = definitions[fallback.$ref?.split('/').at(-1) ?? '']?.title === schemaOf(error).title;
  return isOfElse ? ((condition.required as string[] | undefined) ?? []) : [];
}

/** Returns the part of the schema that a complaint is about. */
export function schemaOf({ parentSchema }: ErrorObject): JsonSchema {
  return parentSchema ?? {};
}
