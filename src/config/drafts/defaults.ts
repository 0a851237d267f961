import { resolve } from 'node:path';
import type * as Written from '../../model/config/written.gen.ts';
import { getOwn } from '../../model/base/get-own.ts';
import { replaceTexts } from '../references/places.ts';

/**
 * Merges `over` into `base`: maps are merged key by key, everything else replaces, and null removes a value. Maps that name
 * another `type` (or one against a plain text) have other keys, so the upper one replaces the lower.
 */
export function merge<Value>(base: Value | undefined, over: Value | undefined): Value | undefined {
  if (over === undefined) return base;
  if (over === null) return undefined;
  if (!isMap(over)) return over;
  const below: Record<string, unknown> = isMap(base) && isSameKind(base, over) ? base : {};
  const keys = new Set([...Object.keys(below), ...Object.keys(over)]);
  const entries = [...keys].flatMap((key) => {
    const value = merge(getOwn(below, key), getOwn(over, key));
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(entries) as Value;
}

/** Merges load settings. Another mode, or `by: file` instead of a cursor, has other keys, so it replaces all of them. */
export function mergeLoad(base: Written.Load | undefined, over: Written.Load | undefined) {
  return merge<Written.Load>(isOtherLoad(base ?? {}, over ?? {}) ? undefined : base, over);
}

function isOtherLoad(base: NonNullable<Written.Load>, over: NonNullable<Written.Load>): boolean {
  if (isSet(base.mode) && over.mode !== undefined && over.mode !== base.mode) return true;
  return (isSet(base.by) && isSet(over.cursor)) || (isSet(base.cursor) && isSet(over.by));
}

/** Returns true if a key has a value: null removes it. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSameKind(base: Record<string, unknown>, over: Record<string, unknown>): boolean {
  return base.type === undefined || over.type === undefined || base.type === over.type;
}

/** Makes the paths of files in defaults absolute, before layers of several files are merged. */
export function withAbsolutePaths(
  defaults: Written.Defaults | undefined,
  folder: string,
): Written.Defaults | undefined {
  const place = { file: '', pointer: '/defaults' };
  return replaceTexts(defaults, place, ({ text, use }) => (use.has('read') ? resolve(folder, text) : text));
}
