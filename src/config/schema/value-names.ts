import type { SchemaName } from '../schema-files.ts';

/** Returns the words for the place of a value: `"columns"`, `item 2 of "checks"`. */
export function subjectOf(pointer: string, name: SchemaName): string {
  const tokens = pointer.split('/').map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = tokens.at(-1) ?? '';
  if (tokens.length === 1) return name === 'pipeline' ? 'a pipeline' : 'the project file';
  if (/^\d+$/.test(last)) return `item ${Number(last) + 1} of "${tokens.at(-2)}"`;
  return `"${last}"`;
}

/** Returns the words for kinds of values; null is named only where nothing else is allowed. */
export function kindNames(kinds: readonly string[]): string[] {
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

/** Returns the words for a value as it was found, cut to a readable length. */
export function found(value: unknown): string {
  if (value === null) return 'null (nothing, or the word null without quotes)';
  if (typeof value === 'string') return `the text "${value.length > 60 ? `${value.slice(0, 59)}…` : value}"`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : 'a map';
}

/** Returns `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${String(words.at(-1))}`;
}
