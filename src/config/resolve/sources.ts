import { resolve } from 'node:path';
import type {
  CsvFormat,
  FileSource,
  Format,
  PostgresSource,
  PostgresTls,
  Source,
} from '../../model/pipeline.ts';
import type * as Written from '../../model/written.gen.ts';
import type { DraftSource } from '../draft.ts';
import { formatTypeOf, optionsOf, pathsOf } from '../file-format.ts';
import { isPlaceholder } from '../interpolate.ts';

export function resolveSource(source: DraftSource): Source {
  switch (source.settings.type) {
    case 'postgres':
      return postgres(source, source.settings);
    case 'file':
      return files(source, source.settings);
  }
}

function postgres({ place, folder }: DraftSource, settings: Written.PostgresSource): PostgresSource {
  const { url, host, port, database, user, password, ssl } = settings;
  return {
    type: 'postgres',
    place,
    ...(typeof url === 'string' && { url }),
    ...(typeof host === 'string' && { host }),
    ...numbered('port', port),
    ...(typeof database === 'string' && { database }),
    ...(typeof user === 'string' && { user }),
    ...(typeof password === 'string' && { password }),
    ...(ssl !== undefined && ssl !== null && { ssl: tls(ssl, folder) }),
  };
}

function tls(ssl: NonNullable<Written.PostgresTls>, folder: string): PostgresTls {
  if (typeof ssl === 'string') return { mode: ssl };
  return { mode: ssl.mode, ...(typeof ssl.ca === 'string' && { ca: resolve(folder, ssl.ca) }) };
}

function files({ place, folder }: DraftSource, settings: Written.FileSource): FileSource {
  return {
    type: 'file',
    place,
    match: pathsOf(settings),
    base: folder,
    exclude: [settings.exclude ?? []].flat(),
    minFiles: numbered('minFiles', settings.min_files).minFiles ?? 1,
    format: format(settings),
  };
}

function format(settings: Written.FileSource): Format {
  const type = formatTypeOf(settings) ?? 'csv';
  if (type === 'parquet') return { type };
  const options = optionsOf(settings);
  const quote = type === 'csv' ? (options.quote ?? '"') : '"';
  return {
    type,
    delimiter: options.delimiter ?? (type === 'csv' ? ',' : '\t'),
    quote,
    escape: type === 'csv' ? (options.escape ?? quote) : quote,
    header: type === 'csv' && (options.header ?? true),
    nulls: [options.null ?? (type === 'csv' ? '' : '\\N')].flat(),
    encoding: encoding(options.encoding ?? 'utf-8'),
    dateOrder: options.date_order ?? 'MDY',
    compression: options.compression ?? 'by-name',
  } satisfies CsvFormat;
}

function encoding(label: string): string {
  return isPlaceholder(label) ? 'utf-8' : label.trim().toLowerCase();
}

/** A number, or the text that a reference gave for one; nothing for a placeholder. */
function numbered<Key extends string>(key: Key, value: number | string | null | undefined) {
  const number = value === null || value === undefined ? NaN : Number(value);
  return (Number.isNaN(number) ? {} : { [key]: number }) as Partial<Record<Key, number>>;
}
