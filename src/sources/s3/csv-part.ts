import type { StreamPart } from '../../model/ports/feed.ts';
import type { CsvFormat } from '../../model/config/source.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { asWritten, type AsWritten } from '../delimited/as-written.ts';
import { explainText } from '../delimited/explain-refusal.ts';
import { layOutByPlace, namesColumns } from '../delimited/layout.ts';
import type { FoundObject } from './bucket.ts';
import { normalizedPart } from './normalized-part.ts';
import { headerOf, type TextObject } from './header.ts';
import type { Reader } from './reader.ts';
import { writtenPart } from './written-part.ts';

interface CsvObjects {
  table: Table;
  format: CsvFormat;
  objects: readonly [FoundObject, ...FoundObject[]];
}

/**
 * All CSV objects of a table as one stream, so that hundreds of small ones cost one COPY: as they are
 * written, if hyperd can read the first of them so, else each normalized.
 */
export async function csvPart(
  reader: Reader,
  { table, format, objects }: CsvObjects,
  signal: AbortSignal,
): Promise<StreamPart> {
  const normalized = normalizedPart(reader, table, format, objects);
  const written = await writtenLike(reader, { table, format, object: objects[0] }, signal);
  if (written === undefined) return normalized;
  return writtenPart(reader, { table, format, objects, written }, normalized);
}

async function writtenLike(
  reader: Reader,
  first: TextObject,
  signal: AbortSignal,
): Promise<AsWritten | undefined> {
  const { table, object, format } = first;
  // Constants would require changing every record.
  const hasConstants = table.columns.some(({ origin }) => origin.kind === 'file');
  if (hasConstants) return undefined;
  const byPlace = asWritten(format, layOutByPlace(table, object, format));
  if (!namesColumns(format) || byPlace === undefined) return byPlace;
  try {
    const layout = await headerOf(reader, first, signal);
    if ('problem' in layout || layout.absent.length > 0) return undefined;
    // What comes before the data is cut off before it is handed on.
    return asWritten(format, { ...layout, isPreceded: false });
  } catch (error) {
    throw explainText(error, object, table);
  }
}
