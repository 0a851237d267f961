import type { StreamPart } from '../../model/ports/feed.ts';
import type { CsvFormat } from '../../model/config/source.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { checkedText, NotAsWritten, RecordCheck, type NormalizedCsv } from '../csv/index.ts';
import { asWritten, type AsWritten } from '../delimited/as-written.ts';
import { normalizeLayout } from '../delimited/normalize.ts';
import { explainText } from '../delimited/explain-refusal.ts';
import { recordCheckOptions } from '../delimited/field-checks.ts';
import { withAbsent, type Layout } from '../delimited/layout.ts';
import { textIn } from '../delimited/text.ts';
import type { FoundObject } from './bucket.ts';
import { layOutObject, required, type LaidOut } from './object-layout.ts';
import { packed } from './objects.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Reader } from './reader.ts';

/** The objects of a table, and how the first of them is written. */
export interface WrittenObjects {
  table: Table;
  format: CsvFormat;
  objects: readonly FoundObject[];
  written: AsWritten;
}

/**
 * The objects one after the other as they are written, without their headers; every record is checked as it passes.
 * Which of them a record is in that Hyper refuses is not known here: the same objects are then read again and
 * normalized, which says it.
 */
export function writtenPart(reader: Reader, of: WrittenObjects, normalized: StreamPart): StreamPart {
  return {
    ...normalized,
    columns: of.written.columns,
    format: { ...of.written.format, header: false },
    open(signal, most) {
      const ahead = new ReadAhead(reader, of.objects);
      const reading = new WrittenReading(of, ahead, { signal, most });
      return Promise.resolve({
        bytes: {
          [Symbol.asyncIterator]: () => reading.bytes(),
          destroy: (reason) => ahead.close(reason),
        },
        rows: () => reading.records,
        rowsSoFar: () => reading.records,
        taken: () => ahead.taken,
      });
    },
    fallback: (why) => (why instanceof Error && !(why instanceof NotAsWritten) ? undefined : normalized),
  };
}

class WrittenReading {
  readonly #of: WrittenObjects;
  readonly #ahead: ReadAhead;
  readonly #options: { signal: AbortSignal; most: number | undefined };
  #recordsBefore = 0;
  /** Counts the records of the present object. */
  #counter: Pick<RecordCheck | NormalizedCsv, 'records'> | undefined;

  constructor(
    of: WrittenObjects,
    ahead: ReadAhead,
    options: { signal: AbortSignal; most: number | undefined },
  ) {
    this.#of = of;
    this.#ahead = ahead;
    this.#options = options;
  }

  get records(): number {
    return this.#recordsBefore + (this.#counter?.records ?? 0);
  }

  async *bytes(): AsyncGenerator<Buffer, void> {
    const { table, objects } = this.#of;
    try {
      for (const object of objects) {
        let layout: Layout | undefined;
        try {
          const laid = await this.#open(object);
          layout = withAbsent(required(laid.layout), table);
          if (!layout.isEmpty) yield* this.#bytesOf(layout, laid);
        } catch (error) {
          throw error instanceof NotAsWritten ? error : explainText(error, object, table, layout);
        }
        this.#recordsBefore = this.records;
        this.#counter = undefined;
      }
    } finally {
      this.#ahead.close();
    }
  }

  #open(object: FoundObject): Promise<LaidOut> {
    const { table, format } = this.#of;
    const { signal } = this.#options;
    const bytes = textIn(this.#ahead.bytesOf(object, signal), packed(this.#ahead, object), format);
    return layOutObject(table, object, format, bytes);
  }

  #bytesOf(layout: Layout, { text, header }: LaidOut): AsyncIterable<Buffer> {
    const { format, written } = this.#of;
    const { most } = this.#options;
    const left = most === undefined ? undefined : Math.max(0, most - this.records);
    if (isLike(written, format, layout)) {
      const check = new RecordCheck(recordCheckOptions(format, layout, left));
      this.#counter = check;
      return checkedText(text, check, header);
    }
    const normalized = normalizeTo(text, written, { format, layout, most: left });
    this.#counter = normalized;
    return normalized;
  }
}

function isLike({ columns }: AsWritten, format: CsvFormat, layout: Layout): boolean {
  // What comes before the data is cut off before it is handed on.
  const own =
    layout.absent.length > 0 || layout.constants.length > 0
      ? undefined
      : asWritten(format, { ...layout, isPreceded: false });
  return own?.columns.every((name, index) => name === columns[index]) === true;
}

/**
 * An object with other columns, or in another order: among the others, if the way they are written is the
 * normalized one.
 */
function normalizeTo(
  text: AsyncIterable<Buffer>,
  { columns, format: { delimiter, quote, null: only } }: AsWritten,
  { format, layout, most }: { format: CsvFormat; layout: Layout; most: number | undefined },
): NormalizedCsv {
  if (delimiter !== ',' || quote !== '"' || only !== '') {
    throw new NotAsWritten('the columns are others, and the text would be written in another way');
  }
  const places = columns.map((name) => layout.columns.findIndex((column) => column.name === name));
  return normalizeLayout(
    text,
    format,
    {
      ...layout,
      columns: places.flatMap((place) => layout.columns[place] ?? []),
      select: places.flatMap((place) => layout.select[place] ?? []),
    },
    most,
  );
}
