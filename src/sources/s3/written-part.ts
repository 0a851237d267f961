import { pipeline, type Readable } from 'node:stream';
import type { StreamPart } from '../../model/feed.ts';
import type { CsvFormat, Table } from '../../model/pipeline.ts';
import { joinable, NotJoinable } from '../csv/index.ts';
import { asWritten, type AsWritten } from '../delimited/as-written.ts';
import { normalizeLayout } from '../delimited/normalize.ts';
import { explainText } from '../delimited/explain.ts';
import { withAbsent, type Layout } from '../delimited/layout.ts';
import { unpackText } from '../delimited/text.ts';
import type { FoundObject } from './bucket.ts';
import { layOutObject, required } from './layout.ts';
import { copied, packed } from './objects.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Reader } from './reader.ts';

/**
 * The objects one after the other as they are written, without their headers. Which of them a refused record
 * is in nobody knows here: what goes wrong goes wrong again, and is told, when the same objects are
 * normalized.
 */
export function writtenPart(
  reader: Reader,
  table: Table,
  format: CsvFormat,
  objects: readonly FoundObject[],
  written: AsWritten,
  normalized: StreamPart,
): StreamPart {
  async function* bytesOfAll(ahead: ReadAhead, signal: AbortSignal): AsyncGenerator<Buffer, void> {
    try {
      for (const [turn, object] of objects.entries()) {
        try {
          yield* bytesOfOne(ahead, object, turn === objects.length - 1, signal);
        } catch (error) {
          throw error instanceof NotJoinable ? error : explainText(error, object, table);
        }
      }
    } finally {
      ahead.close();
    }
  }

  async function* bytesOfOne(
    ahead: ReadAhead,
    object: FoundObject,
    isLast: boolean,
    signal: AbortSignal,
  ): AsyncGenerator<Buffer, void> {
    const bytes = unpackText(ahead.bytesOf(object, signal), packed(ahead, object), format);
    const { layout, text, header } = await layOutObject(table, object, format, bytes);
    const laid = withAbsent(required(layout), table);
    if (laid.isEmpty) return;
    if (isLike(written, format, laid)) yield* joinable(text, header, isLast ? undefined : format.quote);
    else yield* normalizeTo(written, format, laid, text) as AsyncIterable<Buffer>;
  }

  return {
    ...normalized,
    columns: written.columns,
    format: { ...written.format, header: false },
    open(signal) {
      const ahead = new ReadAhead(reader, objects);
      return Promise.resolve({
        bytes: {
          [Symbol.asyncIterator]: () => bytesOfAll(ahead, signal),
          destroy: (reason) => ahead.close(reason),
        },
        rows: () => undefined,
        taken: () => ahead.taken,
      });
    },
    otherwise: (why) => (why instanceof Error && !(why instanceof NotJoinable) ? undefined : normalized),
  };
}

function isLike({ columns }: AsWritten, format: CsvFormat, layout: Layout): boolean {
  // What comes before the data is cut off before it is handed on.
  const own = layout.absent.length > 0 ? undefined : asWritten(format, { ...layout, isPreceded: false });
  return own?.columns.every((name, index) => name === columns[index]) === true;
}

/**
 * An object with other columns, or in another order: among the others, if the way they are written is the
 * normalized one.
 */
function normalizeTo(
  { columns, format: { delimiter, quote, null: only } }: AsWritten,
  format: CsvFormat,
  layout: Layout,
  text: AsyncIterable<Buffer>,
): Readable {
  if (delimiter !== ',' || quote !== '"' || only !== '') {
    throw new NotJoinable('the columns are others, and the text would be written in another way');
  }
  const places = columns.map((name) => layout.columns.findIndex((column) => column.name === name));
  const normalize = normalizeLayout(format, {
    ...layout,
    columns: places.flatMap((place) => layout.columns[place] ?? []),
    select: places.flatMap((place) => layout.select[place] ?? []),
  });
  pipeline(copied(text), normalize, () => undefined);
  return normalize;
}
