import type {
  CsvFormat,
  Format,
  TextSettings,
  ValueNotation,
  WorkbookFormat,
} from '../../model/config/source.ts';
import type { FormatOptions } from '../../model/config/written.gen.ts';
import { formatTypeOf, optionsOf, quoteOf, type FilesSource } from '../values/file-format.ts';
import { bytesOf } from '../values/amounts.ts';
import { isPlaceholder } from '../references/reference-text.ts';
import { numbered } from './numbered.ts';

/** Returns the format of a source's files, with all defaults filled in. */
export function resolveFormat(settings: FilesSource): Format {
  const type = formatTypeOf(settings) ?? 'csv';
  const options = optionsOf(settings);
  const emptyFiles = options.empty_files === 'skip' ? ({ emptyFiles: 'skip' } as const) : {};
  if (type === 'parquet') return { type, ...emptyFiles };
  if (type === 'xlsx') return { ...workbook(options), ...emptyFiles };
  if (type === 'jsonl')
    return { type, ...textSettings(options), ...valueNotation(options, []), ...emptyFiles };
  const skipLines = numbered('skipLines', options.skip_lines).skipLines ?? 0;
  const quote = type === 'csv' ? quoteOf(options) : '"';
  return {
    type,
    delimiter: options.delimiter ?? (type === 'csv' ? ',' : '\t'),
    quote,
    escape: type === 'csv' ? (options.escape ?? quote) : quote,
    header: options.header === 'skip' || (type === 'csv' && (options.header ?? true)),
    ...valueNotation(options, [type === 'csv' ? '' : '\\N']),
    ...textSettings(options),
    // Only where they differ from the default: records of applied tables hold the format.
    ...(options.header === 'skip' && { byPosition: true }),
    ...(type === 'csv' && options.stray_quotes === 'keep' && { strayQuotes: 'keep' as const }),
    ...(skipLines > 0 && { skipLines }),
    ...(typeof options.comment === 'string' && { comment: options.comment }),
    ...emptyFiles,
  } satisfies CsvFormat;
}

function workbook(options: FormatOptions): WorkbookFormat {
  const skipLines = numbered('skipLines', options.skip_lines).skipLines ?? 0;
  return {
    type: 'xlsx',
    header: options.header !== false,
    ...valueNotation(options, []),
    ...(isSet(options.sheet) && { sheet: options.sheet }),
    ...(options.header === 'skip' && { byPosition: true }),
    ...(skipLines > 0 && { skipLines }),
    ...(options.empty_rows === 'skip' && { emptyRows: 'skip' }),
    ...(options.merged_cells === 'keep' && { mergedCells: 'keep' }),
    ...maxUnpacked(options),
  };
}

function maxUnpacked({ max_unpacked: most }: FormatOptions): { maxUnpacked?: number } {
  const limit = typeof most === 'string' ? bytesOf(most) : most;
  return typeof limit === 'number' ? { maxUnpacked: limit } : {};
}

function textSettings(options: FormatOptions) {
  return {
    encoding: encoding(options.encoding ?? 'utf-8'),
    compression: options.compression ?? 'by-name',
    ...(isSet(options.entries) && { entries: [options.entries].flat() }),
    ...maxUnpacked(options),
  } satisfies TextSettings;
}

function valueNotation(options: FormatOptions, nulls: readonly string[]): ValueNotation {
  return {
    nulls: [options.null ?? nulls].flat(),
    dateOrder: options.date_order ?? 'MDY',
    ...(isSet(options.date_order) && { isDateOrderSet: true }),
    ...(isSet(options.decimal) && options.decimal !== '.' && { decimal: options.decimal }),
    ...(isSet(options.thousands) && { thousands: options.thousands }),
  };
}

function isSet<Value>(option: Value | null | undefined): option is Value {
  return option !== null && option !== undefined;
}

function encoding(label: string): string {
  return isPlaceholder(label) ? 'utf-8' : label.trim().toLowerCase();
}
