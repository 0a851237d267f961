import { Readable } from 'node:stream';
import type { Table } from '../../model/config/pipeline.ts';
import type { CsvFormat } from '../../model/config/source.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { StreamPart } from '../../model/ports/feed.ts';
import { csvDialect } from '../csv/index.ts';
import { explainRecord, explainText } from '../delimited/explain-refusal.ts';
import { readLayout, withAbsent, type Layout } from '../delimited/layout.ts';
import { normalizeLayout } from '../delimited/normalize.ts';
import { textStreamPart } from '../delimited/text-part.ts';
import type { Document } from './document.ts';
import { textOfReading } from './reading.ts';

/** Returns a CSV file of an archive as a part of a feed: rewritten into the CSV that hyperd reads. */
export function csvPart(table: Table, document: Document, format: CsvFormat, found: Layout): StreamPart {
  const layout = withAbsent(found, table);
  const text = (signal: AbortSignal) => textOfReading(document.read(signal), document, format);
  return {
    kind: 'stream',
    label: document.shown,
    size: document.size,
    columns: [...layout.columns.map(({ name }) => name), ...layout.constants.map(({ column }) => column)],
    format: { type: 'csv', dateOrder: format.dateOrder },
    isJoinable: true,
    open(signal, most) {
      const reading = document.read(signal);
      const normalized = normalizeLayout(textOfReading(reading, document, format), format, layout, most);
      const rows = () => normalized.records;
      return Promise.resolve({
        bytes: { [Symbol.asyncIterator]: () => normalized[Symbol.asyncIterator](), destroy: reading.close },
        rows,
        rowsSoFar: rows,
        taken: reading.taken,
      });
    },
    explain(refusal) {
      const again = () => Readable.from(text(new AbortController().signal), { objectMode: false });
      const field = layout.select[layout.columns.findIndex(({ name }) => name === refusal.column)];
      return explainRecord(table, document, csvDialect(format), refusal, again, field);
    },
    translate: (error) => explainText(error, document, table, layout),
  };
}

/** Returns a file in PostgreSQL's text format as a part of a feed. */
export function textPart(table: Table, document: Document, format: CsvFormat): StreamPart {
  const copied = async function* (text: AsyncIterable<Buffer>) {
    // A stream keeps chunks, whose memory is used again.
    for await (const chunk of text) yield Buffer.from(chunk);
  };
  const open = (signal: AbortSignal) => {
    const reading = document.read(signal);
    const bytes = Readable.from(copied(textOfReading(reading, document, format)), { objectMode: false });
    return { bytes, taken: reading.taken };
  };
  const reopen = () => open(new AbortController().signal).bytes;
  return textStreamPart(table, document, format, { open, reopen });
}

/** Returns how the fields of a file become columns: reads its header and no more. */
export async function layOutCsv(
  table: Table,
  document: Document,
  format: CsvFormat,
  signal: AbortSignal,
): Promise<Layout | { problem: Diagnostic }> {
  const reading = document.read(signal);
  try {
    return await readLayout(table, format, textOfReading(reading, document, format), document);
  } finally {
    reading.close();
  }
}
