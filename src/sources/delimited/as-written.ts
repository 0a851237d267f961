import type { WrittenCsv } from '../../model/ports/feed.ts';
import type { CsvFormat } from '../../model/config/source.ts';
import { rewritesFields } from './field-checks.ts';
import { isText, type Layout } from './layout.ts';

/**
 * The way hyperd reads CSV unchanged, without our reader of bytes: the columns in the order of the file, and the
 * format.
 */
export interface AsWritten {
  columns: readonly string[];
  format: WrittenCsv;
}

/**
 * Undefined where only our reader knows what is meant. The text must be without a byte order mark, or have a
 * header. Constants are not among the columns: they are not in the bytes.
 */
export function asWritten(format: CsvFormat, layout: Layout): AsWritten | undefined {
  const [only = ''] = format.nulls;
  const isPlain =
    // It knows others, but no single-byte ones, and says less about what is wrong in them.
    format.encoding === 'utf-8' &&
    format.nulls.length === 1 &&
    // hyperd takes every quote for one.
    format.strayQuotes === undefined &&
    // hyperd removes an escape character anywhere; PostgreSQL only where it escapes.
    format.escape === format.quote &&
    !rewritesFields(format, layout.columns) &&
    layout.unusedColumns.length === 0 &&
    layout.columns.length > 0 &&
    // Only our reader knows which lines are no records.
    !layout.isPreceded &&
    format.skipLines === undefined &&
    format.comment === undefined;
  if (!isPlain || format.quote === undefined) return undefined;
  return {
    // COPY takes the columns in the order of the file.
    columns: inFileOrder(layout),
    format: {
      type: 'csv',
      header: format.header,
      delimiter: format.delimiter,
      quote: format.quote,
      escape: format.quote,
      null: only,
      encoding: 'utf-8',
      dateOrder: format.dateOrder,
      // Other null strings mean NULL without quotes only, whatever the type.
      forceNull:
        only === '' ? layout.columns.filter((column) => !isText(column)).map(({ name }) => name) : [],
    },
  };
}

function inFileOrder({ columns, select }: Layout): string[] {
  return columns
    .map(({ name }, index) => ({ name, field: select[index] ?? 0 }))
    .sort((a, b) => a.field - b.field)
    .map(({ name }) => name);
}
