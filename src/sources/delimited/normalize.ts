import type { CsvFormat } from '../../model/pipeline.ts';
import { normalizeCsv, csvDialect, type NormalizedCsv } from '../csv/index.ts';
import { isText, type Layout } from './layout.ts';

/**
 * The stream that turns the text of one CSV file into the CSV that hyperd reads, constants included. For files that lack
 * optional columns the layout is one `withAbsent`.
 */
export function normalizeLayout(format: CsvFormat, layout: Layout): NormalizedCsv {
  return normalizeCsv({
    dialect: csvDialect(format),
    fields: layout.fields,
    select: layout.select,
    constants: layout.constants.map(({ text }) => text),
    emptyAsNull: layout.columns.map((column) => !isText(column) && format.nulls.includes('')),
  });
}
