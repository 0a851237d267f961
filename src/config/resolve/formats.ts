import type { CsvFormat, Format } from '../../model/pipeline.ts';
import { formatTypeOf, optionsOf, type FilesSource } from '../file-format.ts';
import { isPlaceholder } from '../interpolate.ts';

/** How the files of a source are to be read, with everything that is not said filled in. */
export function resolveFormat(settings: FilesSource): Format {
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
