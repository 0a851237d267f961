/** Says why the file at a real path (absolute, without symbolic links) is not to be read; undefined if it may be. */
export type RefusePath = (realPath: string) => string | undefined;

/** The files that a project allows to be read. Paths are real and absolute, with slashes. */
export interface ReadableSettings {
  /** The folder of the project. */
  root: string;
  /** Files, folders and globs; undefined allows all files of the machine. */
  allowed?: readonly string[];
  /** Nothing outside of the project is read. */
  onlyProject?: boolean;
}

/**
 * Files of the kernel are no files: they hold variables, memory and devices of this machine. Neither is what git keeps: its
 * configuration may hold the token of a checkout.
 */
const never: readonly (readonly [RegExp, string])[] = [
  [/^\/(?:proc|sys)(?:\/|$)/, 'it shows the processes of this machine'],
  [/^\/dev(?!\/shm\/)(?:\/|$)/, 'it is a device'],
  [/\/\.git(?:\/|$)/, 'it belongs to git'],
];

/**
 * Says why no file is written at a real path; undefined if one may be. Git runs and trusts what it keeps, and a file among
 * devices is memory that is gone when the machine starts again, except in /dev/shm, which is meant for that.
 */
export const refuseToWrite: RefusePath = (realPath) => never.find(([pattern]) => pattern.test(realPath))?.[1];

/** The reason why a file is refused that the policy does not list. */
const notListed = 'it is not among the allowed_paths of the policy';

export function hintForRefused(reason: string): string {
  return reason === notListed
    ? 'add it to policy: {allowed_paths}, by its real path: a symbolic link counts as what it leads to'
    : 'name the file of data itself; a symbolic link counts as what it leads to';
}

/** The reason why an untrusted plan does not read a file. */
export const outsideProject = 'it is outside of the project';

export function readablePaths({ root, allowed, onlyProject = false }: ReadableSettings): RefusePath {
  const patterns = allowed?.map((path) => patternOf(path.startsWith('/') ? path : `${root}/${path}`));
  return (realPath) => {
    const found = never.find(([pattern]) => pattern.test(realPath));
    if (found !== undefined) return found[1];
    if (onlyProject && !isBelow(realPath, root)) return outsideProject;
    if (patterns === undefined || patterns.some((pattern) => pattern.test(realPath))) return undefined;
    return notListed;
  };
}

const isBelow = (path: string, folder: string) =>
  path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);

/** Returns a pattern that matches the paths of the glob and everything below them. */
function patternOf(glob: string): RegExp {
  const parts = normalized(glob).split('/');
  const source = parts.map((part) => {
    if (part === '**') return '(?:/[^/]+)*';
    const name = part
      .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
      .replace(/\*+/g, '[^/]*')
      .replaceAll('?', '[^/]');
    return `/${name}`;
  });
  return new RegExp(`^${source.join('')}(?:/.*)?$`, 'su');
}

/** Returns the path without empty parts, `.` and `..`. */
function normalized(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
