import micromatch from 'micromatch';

/** The matching options of a kind of source. */
export interface GlobOptions {
  /** A wildcard matches a dot at the beginning of a segment. */
  dot: boolean;
}

/** The options for disks, where such names are hidden: editors and other programs put files there that are not data. */
export const fileGlobs: GlobOptions = { dot: false };

/** In a bucket a dot is a character like others. */
export const keyGlobs: GlobOptions = { dot: true };

/**
 * Returns a pattern up to the first character that means something in a pattern; `@`, `+` and `!` only do before a bracket.
 */
export function literalPrefix(pattern: string): string {
  return /^(?:[^*?[\]{}()!@+\\]|[@+!](?!\())*/.exec(pattern)?.[0] ?? '';
}

/**
 * Returns the folder that holds everything which a pattern can match, and whether it is a pattern at all. A backslash takes
 * the next character as it is; micromatch leaves it in the folder.
 */
export function baseOf(pattern: string): { folder: string; isPattern: boolean } {
  if (!pattern.includes('\\')) {
    const { base, glob } = micromatch.scan(pattern);
    return { folder: base, isPattern: glob !== '' };
  }
  const segments = pattern.replace(/^\.\//, '').split('/');
  const first = segments
    .map((segment) => segment.replace(/\\./g, ''))
    .findIndex((plain) => literalPrefix(plain) !== plain);
  if (first < 0) return { folder: unescaped(pattern), isPattern: false };
  return { folder: unescaped(segments.slice(0, first).join('/')), isPattern: true };
}

/** Returns the text that a pattern without wildcards means. */
export const unescaped = (pattern: string): string => pattern.replace(/\\(.)/g, '$1');

/** Returns whether a path or key matches a pattern. docs/files.md has the syntax, in a table that is tested. */
export function globMatcher(pattern: string, { dot }: GlobOptions): (name: string) => boolean {
  return micromatch.matcher(pattern, { dot });
}
