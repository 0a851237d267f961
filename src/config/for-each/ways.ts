import { dirname, isAbsolute, join, resolve } from 'node:path';
import { child, type Diagnostic, type Place } from '../../model/errors/diagnostic.ts';
import { quotedVisible } from '../../model/base/visible.ts';
import { suggestion } from '../../model/base/nearest.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { codes } from '../codes.ts';
import { problem } from '../problem.ts';
import type { LoadedFile } from '../read/loaded-file.ts';

/** The keys of `for_each` that list its items; a family has one of them. */
export const ways = ['items', 'file', 'query', 'prefixes', 'folders'] as const;

export type Way = (typeof ways)[number];

/**
 * Returns the one way that is written, or what is wrong about it; undefined for one that was removed for its shape,
 * which is reported already.
 */
export function wayOf(written: Written.ForEach, whole: unknown, place: Place): Way | Diagnostic | undefined {
  const [way, second] = ways.filter((one) => Object.hasOwn(whole ?? {}, one));
  if (way !== undefined && second === undefined) return written[way] === undefined ? undefined : way;
  const message =
    way === undefined ? 'for_each has no items' : `for_each has both ${way} and ${second ?? ''}`;
  const hint = { hint: 'it takes one of items, file, query, prefixes and folders' };
  const at = second === undefined ? { ...place, part: 'key' as const } : child(place, second);
  return problem(codes.eachOrigin, message, at, hint);
}

/** Returns the problem of a source that does not exist. */
export function originProblem(
  source: string,
  sources: Written.Pipeline['sources'],
  place: Place,
): Diagnostic | undefined {
  if (Object.hasOwn(sources, source)) return undefined;
  const hint = suggestion(source, Object.keys(sources));
  return problem(codes.unknownSource, `there is no source ${quotedVisible(source)}`, place, hint);
}

export function underProblem(under: string | undefined, place: Place): Diagnostic | undefined {
  if (under?.startsWith('/') !== true) return undefined;
  const hint = {
    hint: `write it as the keys of the bucket begin: under: ${quotedVisible(under.replace(/^\/+/, ''))}`,
  };
  return problem(codes.eachOrigin, 'a prefix has no slash before it', place, hint);
}

/** Returns a folder that a file names: where it is, and as messages show it. */
export function folderAt(
  written: string,
  from: Pick<LoadedFile, 'file' | 'absolute'>,
): { absolute: string; shown: string } {
  const absolute = resolve(dirname(from.absolute), written);
  return { absolute, shown: isAbsolute(written) ? written : join(dirname(from.file), written) };
}
