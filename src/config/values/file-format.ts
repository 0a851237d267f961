import type { Format } from '../../model/config/source.ts';
import type * as Written from '../../model/config/written.gen.ts';

/** A source whose rows are in files, wherever those are. */
export type FilesSource = Written.FileSource | Written.S3Source;

export function isFilesSource(source: Written.InlineSource): source is FilesSource {
  return source.type === 'file' || source.type === 's3';
}

/** Returns the key with which a source lists its files. */
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

/** Returns the character that encloses fields; undefined if there is none. */
export function quoteOf({ quote }: Written.FormatOptions): string | undefined {
  return quote === 'none' ? undefined : (quote ?? '"');
}

export type FormatType = Format['type'];

/**
 * Returns the format of the source, or else the one that the extensions of all its paths have; undefined if they
 * differ.
 */
export function formatTypeOf(source: FilesSource): FormatType | undefined {
  const { type } = optionsOf(source);
  if (type !== undefined && type !== null) return type;
  const guesses = new Set(pathsOf(source).map(guess));
  return guesses.size === 1 ? [...guesses][0] : undefined;
}

/** Returns false if no file of the source can be an archive, by its format and the extensions of its paths. */
export function mayHaveArchives(source: FilesSource): boolean {
  const type = formatTypeOf(source);
  if (type === 'parquet' || type === 'xlsx') return false;
  const { compression } = optionsOf(source);
  if (compression !== undefined && compression !== null) return compression === 'zip';
  // A pattern that ends otherwise, such as *, may mean archives.
  return pathsOf(source).length === 0 || pathsOf(source).some((path) => !/\.(?!zip$)[\w-]+$/i.test(path));
}

function guess(path: string): FormatType | undefined {
  if (/\.xls[xm]$/i.test(path)) return 'xlsx';
  if (/\.(?:jsonl|ndjson)(?:\.gz|\.zip)?$/i.test(path)) return 'jsonl';
  if (/\.(?:csv(?:\.gz)?|zip)$/i.test(path)) return 'csv';
  return /\.parquet$/i.test(path) ? 'parquet' : undefined;
}
