import type { ErrorObject } from 'ajv';
import { nearest, suggestion } from '../../model/base/nearest.ts';
import { misplacedKey, ownKeyOf } from './foreign-keys.ts';

/** Returns the key that was meant by an unknown one: it has a typing error, or is the word of another format. */
export function nearestKey(unknown: ErrorObject): string | undefined {
  const key = String(unknown.params.additionalProperty);
  const free = freeKeys(unknown);
  return ownKeyOf(key, free) ?? nearest(key, free);
}

/** Returns what to write in the place of an unknown key. */
export function hintFor(key: string, error: ErrorObject): { hint?: string } {
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
