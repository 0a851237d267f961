import type { CsvFormat } from '../../model/config/source.ts';
import { csvDialect, NormalizedCsv } from '../csv/index.ts';
import { fieldChecks } from './field-checks.ts';
import type { Layout } from './layout.ts';

/**
 * The UTF-8 text of one CSV file as the CSV that hyperd reads, constants included. For files that lack optional columns the
 * layout is one `withAbsent`.
 */
export function normalizeLayout(
  text: AsyncIterable<Buffer>,
  format: CsvFormat,
  layout: Layout,
  most?: number,
): NormalizedCsv {
  const checks = fieldChecks(format, layout);
  return new NormalizedCsv(text, {
    dialect: csvDialect(format),
    fields: layout.fields,
    select: layout.select,
    constants: layout.constants.map(({ text }) => text),
    emptyAsNull: checks.map(({ emptyAsNull }) => emptyAsNull),
    rules: checks.map(({ rule }) => rule),
    required: checks.map(({ isRequired }) => isRequired),
    most,
  });
}
