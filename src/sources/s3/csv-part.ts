import type { StreamPart } from '../../model/ports/feed.ts';
import type { CsvFormat } from '../../model/config/source.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { asWritten, type AsWritten } from '../delimited/as-written.ts';
import { explainText } from '../delimited/explain-refusal.ts';
import { layOutByPlace, namesColumns } from '../delimited/layout.ts';
import type { FoundObject } from './bucket.ts';
import { normalizedPart } from './normalized-part.ts';
import { headerOf } from './header.ts';
import type { Reader } from './reader.ts';
import { writtenPart } from './written-part.ts';

/**
 * All CSV objects of a table as one stream, so that hundreds of small ones cost one COPY: as they are
 * written, if hyperd can read the first of them so, else each normalized.
 */
// eslint-disable-next-line max-params -- what it works on, and the signal that stops it
export async function csvPart(
  reader: Reader,
  table: Table,
  format: CsvFormat,
  objects: readonly [FoundObject, ...FoundObject[]],
  signal: AbortSignal,
): Promise<StreamPart> {
  const normalized = normalizedPart(reader, table, format, objects);
  const written = await writtenLike(reader, table, format, objects[0], signal);
  if (written === undefined) return normalized;
  return writtenPart(reader, { table, format, objects, written }, normalized);
}

// eslint-disable-next-line max-params -- what it works on, and the signal that stops it
async function writtenLike(
  reader: Reader,
  table: Table,
  format: CsvFormat,
  first: FoundObject,
  signal: AbortSignal,
): Promise<AsWritten | undefined> {
  // Constants would require changing every record.
  const hasConstants = table.columns.some(({ origin }) => origin.kind === 'file');
  if (hasConstants) return undefined;
  const byPlace = asWritten(format, layOutByPlace(table, first, format));
  if (!namesColumns(format) || byPlace === undefined) return byPlace;
  try {
    const layout = await headerOf(reader, table, first, format, signal);
    if ('problem' in layout || layout.absent.length > 0) return undefined;
    // What comes before the data is cut off before it is handed on.
    return asWritten(format, { ...layout, isPreceded: false });
  } catch (error) {
    throw explainText(error, first, table);
  }
}
