import type { ErrorObject } from 'ajv';
import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import { nearest } from '../../model/base/nearest.ts';
import { textUse } from '../references/places.ts';
import type { SchemaName } from '../schema-files.ts';
import { loadModeHint, misplacedKey } from './foreign-keys.ts';
import { booleanHint, shapeHint } from './shape-hint.ts';
import { isOfNested, nestedTableKey, nestedTableKeys } from './nested-table-keys.ts';
import { hasMapForm, otherWays, schemaOf, unknownTag, withoutTag, type WrongFile } from './tagged-unions.ts';
import { hintFor, nearestKey } from './unknown-keys.ts';
import { found, kindNames, oneOf, subjectOf } from './value-names.ts';

/** Returns the validator's errors, one sentence for each mistake. */
export function sentences(name: SchemaName, file: string, errors: readonly ErrorObject[]): Diagnostic[] {
  const version = errors.find(({ instancePath }) => instancePath === '/version');
  // The keys of another version may have any meaning: no further message about them.
  if (version !== undefined && String(version.data) !== '1') return [unknownVersion(version, file, errors)];
  const wrong = { name, file, errors };
  const nested = nestedTableKeys(errors);
  const explained = (error: ErrorObject) => nested.some((one) => isOfNested(error, one));
  return [
    ...nested.map((pointer) => nestedTableKey(pointer, file)),
    ...errors
      .filter((error) => !explained(error) && !isEcho(error, errors))
      .map((error) => diagnostic(error, wrong)),
  ];
}

/** Returns true for an error that another error of the same mistake explains better. */
function isEcho(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  switch (error.keyword) {
    case 'if':
      return true;
    case 'required':
      return (
        schemaOf(error).discriminator !== undefined ||
        errors.some((other) => isMisspelt(other, error) || isMisplaced(other, error))
      );
    default:
      return false;
  }
}

/** Returns true if an unknown key is a misspelling of the missing one. */
function isMisspelt(unknown: ErrorObject, missing: ErrorObject): boolean {
  if (unknown.keyword !== 'additionalProperties' || unknown.instancePath !== missing.instancePath)
    return false;
  return nearestKey(unknown) === missing.params.missingProperty;
}

/** Returns true if the missing key was written one map too deep, or what belongs into it one map too high. */
function isMisplaced(unknown: ErrorObject, missing: ErrorObject): boolean {
  if (unknown.keyword !== 'additionalProperties') return false;
  const key = String(unknown.params.additionalProperty);
  const wanted = String(missing.params.missingProperty);
  if (key === wanted) return unknown.instancePath.startsWith(`${missing.instancePath}/`);
  const isSameMap = unknown.instancePath === missing.instancePath;
  return isSameMap && misplacedKey(unknown.instancePath, key)?.includes(`under ${wanted}:`) === true;
}

// eslint-disable-next-line max-lines-per-function -- one case for each keyword of the schema
function diagnostic(error: ErrorObject, context: WrongFile): Diagnostic {
  const place: Place = { file: context.file, pointer: error.instancePath };
  const subject = subjectOf(error.instancePath, context.name);
  const must = (code: string, rest: string, more: { hint?: string } = {}): Diagnostic => {
    return { code, severity: 'error', message: `${subject} must ${rest}`, ...more, place };
  };
  const not = ['secret', 'url'].includes(textUse(error.instancePath).purpose)
    ? ''
    : `, not ${found(error.data)}`;
  const { params } = error as { params: Record<string, unknown> };

  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const message = `unknown key "${key}"`;
      const at: Place = { ...child(place, key), part: 'key' };
      return {
        code: codes.unknownKey,
        severity: 'error',
        message,
        ...hintFor(key, error),
        place: at,
      };
    }
    case 'required': {
      const missing = String(params.missingProperty);
      if (missing === 'version') return missingVersion(subject, place);
      const ways = [...otherWays(error, context), missing].map((key) => `"${key}"`);
      const message = `${subject} lacks ${oneOf(ways)}`;
      return { code: codes.missingKey, severity: 'error', message, place: { ...place, part: 'key' } };
    }
    case 'discriminator':
      return params.error === 'tag' ? withoutTag(error, subject, context) : unknownTag(error, place);
    case 'type': {
      const kinds = kindsOf(params.type);
      if (error.instancePath === '' && error.data === null) {
        return { code: codes.wrongKind, severity: 'error', message: 'the file is empty', place };
      }
      const isMapToo = hasMapForm(error, context.errors);
      const wanted = [...kindNames(kinds), ...(isMapToo ? ['a map'] : [])];
      // Beside numbers and booleans a text can only be a reference.
      const isReference = wanted.length > 1 && String(schemaOf(error).pattern).includes('{');
      const names = wanted.map((one) =>
        isReference && one === 'text' ? 'a reference such as ${env.NAME}' : one,
      );
      const hint = kinds.includes('boolean')
        ? booleanHint(error.data)
        : not === ''
          ? {}
          : shapeHint(error.instancePath, error.data, kinds);
      return must(codes.wrongKind, `be ${oneOf(names)}${not}`, hint);
    }
    // Another version has ended the list before.
    case 'const':
      return must(codes.version, `be the number 1${not}`, { hint: 'remove the quotes' });
    case 'enum': {
      const allowed = (params.allowedValues as unknown[]).filter((value) => value !== null).map(String);
      return must(codes.notAllowed, `be ${oneOf(allowed)}${not}`, allowedHint(error.data, allowed));
    }
    case 'pattern': {
      const { type, $comment } = schemaOf(error);
      if (typeof $comment === 'string') {
        const hint = shapeHint(error.instancePath, error.data, kindsOf(type));
        return must(codes.outOfBounds, `${$comment.replace(/^must /, '')}${not}`, hint);
      }
      const kinds = kindNames(kindsOf(type).filter((kind) => kind !== 'string'));
      const hint = shapeHint(error.instancePath, error.data, kindsOf(type));
      return must(codes.wrongKind, `be ${oneOf([...kinds, 'a reference such as ${env.NAME}'])}${not}`, hint);
    }
    case 'minimum':
      return must(codes.outOfBounds, `be at least ${String(params.limit)}${not}`);
    case 'maximum':
      return must(codes.outOfBounds, `be at most ${String(params.limit)}${not}`);
    case 'minItems':
    case 'minLength':
    case 'minProperties':
      return must(codes.outOfBounds, 'not be empty');
    case 'uniqueItems':
      return must(codes.outOfBounds, 'not hold the same item twice');
    default:
      throw new Error(`schemas/ use "${error.keyword}", for which there is no sentence yet`);
  }
}

const kindsOf = (type: unknown) => [type as string | string[]].flat();

function allowedHint(data: unknown, allowed: readonly string[]): { hint?: string } {
  const word = allowed.includes('true') ? booleanHint(data) : {};
  if (word.hint !== undefined || typeof data !== 'string') return word;
  const near = nearest(data, allowed);
  const own = loadModeHint(data, allowed);
  if (own !== undefined) return { hint: own };
  return near === undefined ? {} : { hint: `did you mean "${near}"?` };
}

function unknownVersion({ data }: ErrorObject, file: string, errors: readonly ErrorObject[]): Diagnostic {
  const message =
    typeof data === 'number' ? `unknown version ${data}` : `the version cannot be ${found(data)}`;
  const isDbt = errors.some(({ params }) => params.additionalProperty === 'models');
  const hint = isDbt
    ? 'this looks like a file of dbt: extracts init writes a first pipeline, extracts import one from a database'
    : 'write version: 1; this release reads no other';
  return { code: codes.version, severity: 'error', message, hint, place: { file, pointer: '/version' } };
}

function missingVersion(subject: string, place: Place): Diagnostic {
  const message = `${subject} lacks "version"`;
  return { code: codes.version, severity: 'error', message, hint: 'begin the file with: version: 1', place };
}
