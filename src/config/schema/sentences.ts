import type { ErrorObject } from 'ajv';
import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import { nearest, suggestion } from '../../model/base/nearest.ts';
import { textUse } from '../references/places.ts';
import { misplacedKey, ownKeyOf, ownTag } from './foreign-keys.ts';
import { booleanHint, shapeHint } from './shape-hint.ts';
import { bundledSchema, type JsonSchema, type SchemaName } from '../schema-files.ts';

/** Returns the validator's errors, one sentence for each mistake. */
export function sentences(name: SchemaName, file: string, errors: readonly ErrorObject[]): Diagnostic[] {
  const version = errors.find(({ instancePath }) => instancePath === '/version');
  // The keys of another version may have any meaning: no further message about them.
  if (version !== undefined && String(version.data) !== '1') return [unknownVersion(version, file, errors)];
  const wrong = { name, file, errors };
  return errors.filter((error) => !isEcho(error, errors)).map((error) => diagnostic(error, wrong));
}

interface Context {
  name: SchemaName;
  file: string;
  errors: readonly ErrorObject[];
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
  const sameMap = unknown.instancePath === missing.instancePath;
  return sameMap && misplacedKey(unknown.instancePath, key)?.includes(`under ${wanted}:`) === true;
}

/** The key that was meant by an unknown one: it has a typing error, or is the word of another format. */
function nearestKey(unknown: ErrorObject): string | undefined {
  const key = String(unknown.params.additionalProperty);
  const free = freeKeys(unknown);
  return ownKeyOf(key, free) ?? nearest(key, free);
}

function hintFor(key: string, error: ErrorObject): { hint?: string } {
  const hint = misplacedKey(error.instancePath, key);
  if (hint !== undefined) return { hint };
  const value = (error.data as Record<string, unknown>)[key];
  // `{type:file}`.
  if (value === null && /^[\w-]+:/.test(key)) return { hint: 'write a space after the colon' };
  const near = nearestKey(error);
  if (near !== undefined) return { hint: `did you mean "${near}"?` };
  if (value !== null) return suggestion(key, freeKeys(error), knownKeys(error));
  // `{query: select a, b from t}`.
  return { hint: 'a comma inside { } begins a new entry: quote the text before it' };
}

/** The keys this map could still have. */
function freeKeys(error: ErrorObject): string[] {
  return knownKeys(error).filter((key) => !Object.hasOwn(error.data as object, key));
}

function knownKeys({ parentSchema }: ErrorObject): string[] {
  return Object.keys((parentSchema as { properties?: object }).properties ?? {});
}

// eslint-disable-next-line max-lines-per-function -- one case for each keyword of the schema
function diagnostic(error: ErrorObject, context: Context): Diagnostic {
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
      const mapToo = hasMapForm(error, context.errors);
      const wanted = [...kindNames(kinds), ...(mapToo ? ['a map'] : [])];
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
        return must(codes.outOfBounds, `${$comment.replace(/^must /, '')}${not}`);
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

/** A map that has neither `type` nor the key that names a shared one. */
function withoutTag(error: ErrorObject, subject: string, { file, errors }: Context): Diagnostic {
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

function unknownTag(error: ErrorObject, place: Place): Diagnostic {
  const value = String((error.params as { tagValue: unknown }).tagValue);
  const near = ownTag(value, tags(error)) ?? nearest(value, tags(error));
  const isFormat = ['csv', 'text', 'parquet'].includes(value) && tags(error).includes('file');
  return {
    code: codes.notAllowed,
    severity: 'error',
    message: `"type" must be ${oneOf(tags(error))}, not the text "${value}"`,
    ...(isFormat
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
function hasMapForm(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  return errors.some((other) => {
    if (other.keyword !== 'if' || other.instancePath !== error.instancePath) return false;
    const condition = schemaOf(other).if as JsonSchema;
    return other.params.failingKeyword === 'else' && condition.required === undefined;
  });
}

/** Keys that would do in the place of the missing one: a map with them is of the other kind (if/then/else). */
function otherWays(error: ErrorObject, { name, errors }: Context): string[] {
  const choice = errors.find(
    ({ keyword, instancePath }) => keyword === 'if' && instancePath === error.instancePath,
  );
  if (choice === undefined) return [];
  const { if: condition, else: fallback } = schemaOf(choice) as { if: JsonSchema; else: { $ref?: string } };
  const { definitions } = bundledSchema(name) as { definitions: Record<string, JsonSchema> };
  const isOfElse = definitions[fallback.$ref?.split('/').at(-1) ?? '']?.title === schemaOf(error).title;
  return isOfElse ? ((condition.required as string[] | undefined) ?? []) : [];
}

function schemaOf({ parentSchema }: ErrorObject): JsonSchema {
  return parentSchema ?? {};
}

function subjectOf(pointer: string, name: SchemaName): string {
  const tokens = pointer.split('/').map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = tokens.at(-1) ?? '';
  if (tokens.length === 1) return name === 'pipeline' ? 'a pipeline' : 'the project file';
  if (/^\d+$/.test(last)) return `item ${Number(last) + 1} of "${tokens.at(-2)}"`;
  return `"${last}"`;
}

function kindNames(kinds: readonly string[]): string[] {
  return kinds.filter((kind) => kind !== 'null' || kinds.length === 1).map((kind) => kindName[kind] ?? kind);
}

const kindName: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  null: 'null',
};

function found(value: unknown): string {
  if (value === null) return 'null (nothing, or the word null without quotes)';
  if (typeof value === 'string') return `the text "${value.length > 60 ? `${value.slice(0, 59)}…` : value}"`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : 'a map';
}

function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${String(words.at(-1))}`;
}
