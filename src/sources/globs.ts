import micromatch from 'micromatch';

/** How the patterns of a kind of source match. */
export interface GlobOptions {
  /** A wildcard matches a dot at the beginning of a segment. */
  dot: boolean;
}

/** On disks such names are hidden: editors and other programs put there what is no data. */
export const fileGlobs: GlobOptions = { dot: false };

/** In a bucket a dot is a character like others. */
export const keyGlobs: GlobOptions = { dot: true };

/** Returns whether a path or key matches a pattern. docs/files.md has the syntax, in a table that is tested. */
export function globMatcher(pattern: string, { dot }: GlobOptions): (name: string) => boolean {
  return micromatch.matcher(pattern, { dot });
}
