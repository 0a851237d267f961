import type { Format } from '../../model/config/source.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { sourceIfValid, type ImportContext } from '../context.ts';

type FilesSource = Written.FileSource | Written.S3Source;

/** The settings of a format, other than its type. Those of `defaults` in extracts.yaml apply where a source has none. */
const keys = [
  'delimiter',
  'quote',
  'escape',
  'stray_quotes',
  'header',
  'skip_lines',
  'comment',
  'null',
  'encoding',
  'date_order',
  'decimal',
  'thousands',
  'compression',
  'empty_files',
] as const satisfies readonly (keyof Written.FormatOptions)[];

type Key = (typeof keys)[number];

/** How the files of a source were found to be written, and how many there are. */
export interface FoundFiles {
  format: Written.FormatOptions;
  /** The names of the files say the type of the format. */
  isNamedSo: boolean;
  count: number;
}

/**
 * Returns the source with its format, such that files are read as they were found to be written, whatever extracts.yaml has for all
 * sources: settings from there that are not theirs are cleared with null.
 */
export async function clearDefaults(
  place: FilesSource,
  { format, isNamedSo, count }: FoundFiles,
  context: ImportContext,
): Promise<FilesSource> {
  const read = async (source: FilesSource) => sourceIfValid('files', source, context);
  const wanted = await read({ ...place, format: withNulls(format, keys) });
  const isWanted = async (source: FilesSource) => isSame(await read(source), wanted);
  const most = wanted !== undefined && 'minFiles' in wanted ? wanted.minFiles : 1;
  const counted: FilesSource = most > count ? { ...place, min_files: count } : place;

  const { type } = format;
  const isPlain = Object.keys(format).length === 1 && typeof type === 'string';
  if (isPlain && isNamedSo && (await isWanted(place))) return counted;
  if (await isWanted({ ...place, format })) return { ...counted, format };
  // A text replaces all settings.
  if (isPlain && (await isWanted({ ...place, format: type }))) return { ...counted, format: type };
  const needed: Key[] = [];
  for (const key of keys.filter((one) => !(one in format))) {
    const others = keys.filter((one) => one !== key);
    if (!(await isWanted({ ...place, format: withNulls(format, others) }))) needed.push(key);
  }
  return { ...counted, format: withNulls(format, needed) };
}

function withNulls(format: Written.FormatOptions, cleared: readonly Key[]): Written.FormatOptions {
  const nulls = cleared.filter((key) => !(key in format)).map((key) => [key, null] as const);
  return { ...format, ...Object.fromEntries(nulls) };
}

type Read = Awaited<ReturnType<typeof sourceIfValid>>;

function isSame(one: Read, other: Read): boolean {
  return one !== undefined && JSON.stringify(formatOf(one)) === JSON.stringify(formatOf(other));
}

function formatOf(source: Read): Format | undefined {
  return source !== undefined && 'format' in source ? source.format : undefined;
}
