import type * as Written from '../model/written.gen.ts';

export function pathsOf({ path }: Written.FileSource): readonly string[] {
  return typeof path === 'string' ? [path] : path;
}

/** The options of a format in either of its forms. */
export function optionsOf({ format }: Written.FileSource): Written.FormatOptions {
  if (typeof format === 'string') return { type: format };
  return format ?? {};
}

/** What the source says, else what the extensions of all its paths say; undefined when they do not agree. */
export function formatTypeOf(source: Written.FileSource): 'csv' | 'text' | 'parquet' | undefined {
  const { type } = optionsOf(source);
  if (type !== undefined && type !== null) return type;
  const guesses = new Set(pathsOf(source).map(guess));
  return guesses.size === 1 ? [...guesses][0] : undefined;
}

function guess(path: string): 'csv' | 'parquet' | undefined {
  if (/\.csv(?:\.gz)?$/i.test(path)) return 'csv';
  return /\.parquet$/i.test(path) ? 'parquet' : undefined;
}
