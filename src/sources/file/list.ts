import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { cannotLook, lookAt } from '../../disk/look-at.ts';
import type { Place } from '../../model/errors/diagnostic.ts';
import type { FileSource } from '../../model/config/source.ts';
import { hintForRefused, readablePaths } from '../../model/config/readable-paths.ts';
import { RunError } from '../../model/errors/run-error.ts';
import type { NamedFile } from '../delimited/constants.ts';
import { baseOf, fileGlobs, globMatcher, unescaped } from '../globs.ts';

/** `shown` is as the user would write it: relative to the pipeline file, with forward slashes, or absolute. */
export interface FoundFile extends NamedFile {
  absolute: string;
  size: number;
  /** Nanoseconds since 1970 as text. */
  modified: string;
}

/**
 * The files that a source means now, in the order of their names (by code point, the same on every machine).
 * A path without wildcards that is not there is simply missing: the caller knows how many files there must
 * be.
 */
export async function listFiles(source: FileSource): Promise<FoundFile[]> {
  const found = new Map<string, FoundFile>();
  const excluded = source.exclude.map((pattern) => globMatcher(pattern, fileGlobs));
  for (const pattern of source.match) {
    for (const shown of await matching(source, pattern)) {
      if (excluded.some((matches) => matches(shown))) continue;
      const file = await lookAtFile(source, shown);
      if (file !== undefined) found.set(file.absolute, file);
    }
  }
  return [...found.values()].sort((a, b) => (a.shown < b.shown ? -1 : a.shown > b.shown ? 1 : 0));
}

async function matching(source: FileSource, pattern: string): Promise<string[]> {
  const { folder, isPattern } = baseOf(pattern);
  if (!isPattern) return [unescaped(pattern)];
  const matches = globMatcher(pattern, fileGlobs);
  const shown: string[] = [];
  for await (const file of walk(source, folder)) if (matches(file)) shown.push(file);
  return shown;
}

/** All files below a folder, named from `base`. A folder that is not there is an empty one. */
async function* walk(source: FileSource, folder: string): AsyncGenerator<string> {
  const entries = await readdir(path.resolve(source.base, folder), { withFileTypes: true }).catch(
    (error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return [];
      throw cannotLook(error, { code: 'EXT2102', shown: folder, place: source.place });
    },
  );
  for (const entry of entries) {
    const name = folder === '' ? entry.name : `${folder.replace(/\/$/, '')}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(source, name);
    else yield name;
  }
}

/** Follows links; folders and vanished files are nothing. */
export async function lookAtFile(
  { base, place, readable }: Pick<FileSource, 'base' | 'place' | 'readable'>,
  shown: string,
): Promise<FoundFile | undefined> {
  const absolute = path.resolve(base, shown);
  const found = await lookAt(absolute, { code: 'EXT2102', shown, place });
  if (found === undefined || found.isDirectory()) return undefined;
  const reason = readablePaths(readable ?? { root: base })(await realpath(absolute));
  if (reason !== undefined) throw notReadable(shown, reason, place);
  if (!found.isFile()) return undefined;
  const { facts } = nameFile(shown);
  return {
    shown,
    facts: { ...facts, last_modified: found.mtime.toISOString() },
    absolute,
    size: Number(found.size),
    modified: String(found.mtimeNs),
  };
}

function notReadable(shown: string, reason: string, place: Place): RunError {
  return new RunError('EXT2120', `${shown} is not read: ${reason}`, {
    hint: hintForRefused(reason),
    place,
  });
}

/** Returns the facts that a file's path alone gives. */
export function nameFile(shown: string): NamedFile {
  return { shown, facts: { path: shown, name: path.basename(shown) } };
}
