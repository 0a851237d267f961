import { pipeline, Readable } from 'node:stream';
import type { Refusal, StreamPart } from '../../model/ports/feed.ts';
import type { CsvFormat } from '../../model/config/source.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { csvDialect, type NormalizedCsv } from '../csv/index.ts';
import { normalizeLayout } from '../delimited/normalize.ts';
import { explainRecord, explainText } from '../delimited/explain.ts';
import { withAbsent, type Layout } from '../delimited/layout.ts';
import { textOf } from '../delimited/text.ts';
import type { FoundObject } from './bucket.ts';
import { joinStreams } from './joined.ts';
import { bytesOf, labelOf, packed } from './objects.ts';
import { layOutObject, required } from './layout.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Reader } from './reader.ts';

/**
 * All CSV objects of a table as one stream, so that hundreds of small ones cost one COPY. Each is normalized by itself,
 * so they may differ in their headers; where each begins is kept to say which of them an error is in.
 */
// eslint-disable-next-line max-lines-per-function -- the stages of one stream share its state
export function normalizedPart(
  reader: Reader,
  table: Table,
  format: CsvFormat,
  objects: readonly FoundObject[],
): StreamPart {
  const { source } = reader;
  /** The number of records before each object, as far as they have come. */
  const starts: number[] = [];
  /** Looks at the object once more: at its header, and at the record. */
  const explainIn = async (object: FoundObject, refusal: Refusal) => {
    const looks: ReadAhead[] = [];
    const text = () => {
      const look = new ReadAhead(reader, [object]);
      looks.push(look);
      return textOf(bytesOf(look, object, new AbortController().signal), packed(look, object), format);
    };
    try {
      const { columns, select } = required((await layOutObject(table, object, format, text())).layout);
      const field = select[columns.findIndex(({ name }) => name === refusal.column)];
      return await explainRecord(table, object, csvDialect(format), refusal, text, field);
    } finally {
      for (const look of looks) look.close();
    }
  };
  return {
    kind: 'stream',
    label: labelOf(source.bucket, objects),
    size: objects.reduce((sum, { size }) => sum + size, 0),
    columns: [
      ...table.columns.filter(({ origin }) => origin.kind === 'column'),
      ...table.columns.filter(({ origin }) => origin.kind === 'file'),
    ].map(({ name }) => name),
    format: { type: 'csv', dateOrder: format.dateOrder },
    open(signal, most) {
      const ahead = new ReadAhead(reader, objects);
      let turn = -1;
      let normalize: NormalizedCsv | undefined;
      let records = 0;
      let current: Layout | undefined;
      starts.length = 0;
      const open = async () => {
        records += normalize?.records ?? 0;
        normalize = current = undefined;
        const object = objects[++turn];
        if (object === undefined) return undefined;
        starts.push(records);
        const text = textOf(bytesOf(ahead, object, signal), packed(ahead, object), format);
        const { layout, text: whole } = await layOutObject(table, object, format, text);
        current = withAbsent(required(layout), table);
        normalize = normalizeLayout(
          format,
          current,
          most === undefined ? undefined : Math.max(0, most - records),
        );
        pipeline(whole, normalize, () => undefined);
        return normalize;
      };
      const explain = (error: unknown) =>
        explainText(error, objects[turn] ?? { shown: source.bucket }, table, current);
      return Promise.resolve({
        bytes: joinStreams({ open, explain, close: () => ahead.close() }),
        rows: () => records,
        rowsSoFar: () => records + (normalize?.records ?? 0),
        taken: () => ahead.taken,
      });
    },
    explain(refusal) {
      const { record } = refusal;
      const index = record === undefined ? -1 : starts.findLastIndex((start) => start < record);
      const object = objects[index];
      if (object === undefined || record === undefined) {
        const file = { shown: labelOf(source.bucket, objects) };
        return explainRecord(table, file, csvDialect(format), refusal, () => Readable.from([]), undefined);
      }
      return explainIn(object, { ...refusal, record: record - (starts[index] ?? 0) });
    },
    translate: (error) => error,
  };
}
