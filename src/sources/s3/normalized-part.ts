import { Readable } from 'node:stream';
import type { ByteStream, Refusal, StreamPart } from '../../model/ports/feed.ts';
import type { CsvFormat } from '../../model/config/source.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { csvDialect, type NormalizedCsv } from '../csv/index.ts';
import { normalizeLayout } from '../delimited/normalize.ts';
import { explainRecord, explainText } from '../delimited/explain-refusal.ts';
import { withAbsent, type Layout } from '../delimited/layout.ts';
import { textIn, textOf } from '../delimited/text.ts';
import type { FoundObject } from './bucket.ts';
import { bytesOf, labelOf, packed } from './objects.ts';
import { layOutObject, required } from './object-layout.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Reader } from './reader.ts';

/**
 * All CSV objects of a table as one stream, so that hundreds of small ones cost one COPY. Each is normalized by itself,
 * so they may differ in their headers; where each begins is kept to say which of them an error is in.
 */
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
      starts.length = 0;
      const reading = new NormalizedReading({ table, format, objects, starts }, ahead, { signal, most });
      return Promise.resolve(reading.stream());
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

interface Normalizing {
  table: Table;
  format: CsvFormat;
  objects: readonly FoundObject[];
  /** Takes the number of records before each object. */
  starts: number[];
}

class NormalizedReading {
  readonly #of: Normalizing;
  readonly #ahead: ReadAhead;
  readonly #options: { signal: AbortSignal; most: number | undefined };
  #recordsBefore = 0;
  /** The present object. */
  #normalized: NormalizedCsv | undefined;

  constructor(of: Normalizing, ahead: ReadAhead, options: { signal: AbortSignal; most: number | undefined }) {
    this.#of = of;
    this.#ahead = ahead;
    this.#options = options;
  }

  get records(): number {
    return this.#recordsBefore + (this.#normalized?.records ?? 0);
  }

  stream(): ByteStream {
    return {
      bytes: {
        [Symbol.asyncIterator]: () => this.#bytes(),
        destroy: (reason) => this.#ahead.close(reason),
      },
      rows: () => this.records,
      rowsSoFar: () => this.records,
      taken: () => this.#ahead.taken,
    };
  }

  async *#bytes(): AsyncGenerator<Buffer, void> {
    const { table, format, objects, starts } = this.#of;
    const { signal, most } = this.#options;
    try {
      for (const object of objects) {
        starts.push(this.records);
        let layout: Layout | undefined;
        try {
          const raw = this.#ahead.bytesOf(object, signal);
          const text = textIn(raw, packed(this.#ahead, object), format);
          const laid = await layOutObject(table, object, format, text);
          layout = withAbsent(required(laid.layout), table);
          const left = most === undefined ? undefined : Math.max(0, most - this.records);
          this.#normalized = normalizeLayout(laid.text, format, layout, left);
          yield* this.#normalized;
        } catch (error) {
          throw explainText(error, object, table, layout);
        }
        this.#recordsBefore = this.records;
        this.#normalized = undefined;
      }
    } finally {
      this.#ahead.close();
    }
  }
}
