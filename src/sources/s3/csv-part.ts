import { pipeline, Readable } from 'node:stream';
import type { StreamPart } from '../../model/feed.ts';
import { counted } from '../../model/numbers.ts';
import type { CsvFormat, Table } from '../../model/pipeline.ts';
import { csvDialect } from '../csv/index.ts';
import { conformLayout } from '../delimited/conform.ts';
import { explainRecord, explainText } from '../delimited/explain.ts';
import { textOf } from '../delimited/text.ts';
import type { FoundObject } from './bucket.ts';
import { layOutObject, required } from './layout.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Reader } from './reader.ts';

/**
 * All CSV objects of a table as one stream, so that hundreds of small ones cost one COPY. Each is conformed by itself,
 * so they may differ in their headers; where each begins is kept to say which of them an error is in.
 */
export function csvPart(
  reader: Reader,
  table: Table,
  format: CsvFormat,
  objects: readonly FoundObject[],
): StreamPart {
  const { source } = reader;
  /** How many records came before each object, as far as they have come. */
  const starts: number[] = [];
  return {
    kind: 'stream',
    label: labelOf(source.bucket, objects),
    size: objects.reduce((sum, { size }) => sum + size, 0),
    columns: [
      ...table.columns.filter(({ origin }) => origin.kind === 'column'),
      ...table.columns.filter(({ origin }) => origin.kind === 'file'),
    ].map(({ name }) => name),
    format: { type: 'csv', dateOrder: format.dateOrder },
    open(signal) {
      const ahead = new ReadAhead(reader, objects);
      let records = 0;
      starts.length = 0;
      async function* conformed(): AsyncGenerator<Buffer> {
        try {
          for (const object of objects) {
            starts.push(records);
            const text = textOf(bytesOf(ahead, object, signal), object, format);
            try {
              const laid = await layOutObject(table, object, format, text);
              const conform = conformLayout(format, required(laid.layout));
              pipeline(Readable.from(laid.text, { highWaterMark: 4 }), conform, () => undefined);
              for await (const chunk of conform as AsyncIterable<Buffer>) yield chunk;
              records += conform.records;
            } catch (error) {
              throw explainText(error, object, table);
            }
          }
        } finally {
          ahead.close();
        }
      }
      return Promise.resolve({
        bytes: Readable.from(conformed(), { objectMode: false, highWaterMark: 1024 * 1024 }),
        rows: () => records,
        taken: () => ahead.taken,
      });
    },
    async explain(refusal) {
      const index =
        refusal.record === undefined ? -1 : starts.findLastIndex((start) => start < (refusal.record ?? 0));
      const object = objects[index];
      if (object === undefined)
        return explainRecord(
          table,
          { shown: labelOf(source.bucket, objects) },
          csvDialect(format),
          refusal,
          () => Readable.from([]),
          undefined,
        );
      const record = (refusal.record ?? 0) - (starts[index] ?? 0);
      const again = () =>
        textOf(
          bytesOf(new ReadAhead(reader, [object]), object, new AbortController().signal),
          object,
          format,
        );
      const { layout } = await layOutObject(table, object, format, again());
      const { columns, select } = required(layout);
      const field = select[columns.findIndex(({ name }) => name === refusal.column)];
      return explainRecord(table, object, csvDialect(format), { ...refusal, record }, again, field);
    },
    translate: (error) => error,
  };
}

export function bytesOf(ahead: ReadAhead, object: FoundObject, signal: AbortSignal): Readable {
  return Readable.from(ahead.bytesOf(object, signal), { objectMode: false, highWaterMark: 512 * 1024 });
}

function labelOf(bucket: string, objects: readonly FoundObject[]): string {
  const [only] = objects;
  return only !== undefined && objects.length === 1
    ? only.shown
    : `${counted(objects.length, 'object')} of s3://${bucket}`;
}
