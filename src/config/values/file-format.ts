import type * as Written from '../../model/config/written.gen.ts';

/** A source whose rows are in files, wherever those are. */
export type FilesSource = Written.FileSource | Written.S3Source;

export function isFilesSource(source: Written.InlineSource): source is FilesSource {
  return source.type === 'file' || source.type === 's3';
}

/** The key under which a source of files says which. */
export function pathsKey({ type }: FilesSource): 'path' | 'match' {
  return type === 'file' ? 'path' : 'match';
}

export function pathsOf(source: FilesSource): readonly string[] {
  return [(source.type === 'file' ? source.path : source.match) ?? []].flat();
}

/** The options of a format in either of its forms. */
export function optionsOf({ format }: FilesSource): Written.FormatOptions {
  if (typeof format === 'string') return { type: format };
  return format ?? {};
}

/** The character that encloses fields; undefined if none does. */
export function quoteOf({ quote }: Written.FormatOptions): string | undefined {
  return quote === 'none' ? undefined : (quote ?? '"');
}

/** What the source says, else what the extensions of all its paths say; undefined when they do not agree. */
export function formatTypeOf(source: FilesSource): 'csv' | 'text' | 'parquet' | undefined {
  const { type } = optionsOf(source);
  if (type !== undefined && type !== null) return type;
  const guesses = new Set(pathsOf(source).map(guess));
  return guesses.size === 1 ? [...guesses][0] : undefined;
}

function guess(path: string): 'csv' | 'parquet' | undefined {
  if (/\.csv(?:\.gz)?$/i.test(path)) return 'csv';
  return /\.parquet$/i.test(path) ? 'parquet' : undefined;
}
