import type { FailureClass } from './failure-class.ts';

/**
 * One thing that is wrong (or worth saying) about what the user wrote. Diagnostics are values: they are gathered over
 * all files and shown together, never thrown.
 */
export interface Diagnostic {
  /** Stable, documented in docs/errors.md: `EXT` and four digits. */
  code: string;
  severity: 'error' | 'warning' | 'note';
  /** One sentence without a final full stop. */
  message: string;
  /** The remedy, if it is not plain from the message. */
  hint?: string;
  place?: Place;
  /** The class of an error, where it is another than its code usually has. */
  class?: FailureClass;
}

/**
 * A place in a YAML file, kept as a JSON pointer (RFC 6901) so that plans and errors need no parser; `config/locate`
 * turns it into line and column when it is shown.
 */
export interface Place {
  /** The path as the user would write it. */
  file: string;
  pointer: string;
  /** The key of a map entry instead of its value: for unknown keys. */
  part?: 'key';
  /**
   * The exact position if no pointer can give it (syntax errors): 1-based line and column, and the number of
   * characters.
   */
  span?: Span;
}

export interface Span {
  line: number;
  column: number;
  length: number;
}

/** `child(place, 'tables', 'a/b')` is the place of that child: pointer tokens are escaped as RFC 6901 wants. */
export function child(place: Place, ...keys: readonly (string | number)[]): Place {
  const tokens = keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return { file: place.file, pointer: place.pointer + tokens.join('') };
}

/** The keys and indices on the way to a place. */
export function keysOf({ pointer }: Place): string[] {
  const tokens = pointer.split('/').slice(1);
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}
