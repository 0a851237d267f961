import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { outsideProject, readablePaths } from '../../model/config/readable-paths.ts';
import { codes } from '../codes.ts';
import { realPathOf } from './readable.ts';

export interface Start {
  /** The path as given. */
  path: string;
  start: string;
  /** The folder of its project. */
  root: string;
  cwd: string;
}

/**
 * Returns why a path is not opened. A folder that is a link may have a project file of its own: the target of a link
 * must not decide where the project is.
 */
export function refusedStart({ path, start, root, cwd }: Start, untrusted: boolean): Diagnostic | undefined {
  const realRoot = realPathOf(root);
  const real = realPathOf(start);
  const base = isWithin(start, cwd) ? cwd : repositoryAbove(start);
  const isAstray = untrusted && base !== undefined && !isWithin(realRoot, realPathOf(base));
  const reason =
    readablePaths({ root: realRoot, onlyProject: untrusted })(real) ??
    (isAstray ? outsideProject : undefined);
  if (reason === undefined) return undefined;
  return { code: codes.pathNotAllowed, severity: 'error', message: `${path} is not read: ${reason}` };
}

const isWithin = (path: string, folder: string) => {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith('../') && !isAbsolute(way);
};

/** The outermost one: what lies in it may be a link to another. */
function repositoryAbove(path: string): string | undefined {
  let found: string | undefined;
  for (let at = dirname(path), below = path; at !== below; [below, at] = [at, dirname(at)]) {
    if (existsSync(join(at, '.git'))) found = at;
  }
  return found;
}
