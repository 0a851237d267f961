import { pipeline, Readable } from 'node:stream';
import type { StreamPart } from '../../model/feed.ts';
import type { CsvFormat, Table } from '../../model/pipeline.ts';
import { joinable, NotJoinable } from '../csv/index.ts';
import { asWritten, type AsWritten } from '../delimited/as-written.ts';
import { conformLayout } from '../delimited/conform.ts';
import { explainText } from '../delimited/explain.ts';
import type { Layout } from '../delimited/layout.ts';
import { textOf } from '../delimited/text.ts';
import type { FoundObject } from './bucket.ts';
import { joinStreams } from './joined.ts';
import { layOutObject, required } from './layout.ts';
import { bytesOf } from './objects.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Reader } from './reader.ts';

/**
 * The objects one after the other as they are written, without their headers. Which of them a refused record is in nobody
 * knows here: what goes wrong goes wrong again, and is told, when the same objects are conformed.
 */
export function writtenPart(
  reader: Reader,
  table: Table,
  format: CsvFormat,
  objects: readonly FoundObject[],
  written: AsWritten,
  conformed: StreamPart,
): StreamPart {
  return {
    ...conformed,
    columns: written.columns,
    format: { ...written.format, header: false },
    open(signal) {
      const ahead = new ReadAhead(reader, objects);
      let turn = -1;
      const open = async () => {
        const object = objects[++turn];
        if (object === undefined) return undefined;
        const text = textOf(bytesOf(ahead, object, signal), object, format);
        const { layout, text: whole, header } = await layOutObject(table, object, format, text);
        const laid = required(layout);
        return isLike(written, format, laid)
          ? Readable.from(joinable(whole, header, turn < objects.length - 1 ? format.quote : undefined), {
              highWaterMark: 4,
            })
          : conformTo(written, format, laid, whole);
      };
      const explain = (error: unknown) =>
        error instanceof NotJoinable
          ? error
          : explainText(error, objects[turn] ?? { shown: conformed.label }, table);
      return Promise.resolve({
        bytes: joinStreams({ open, explain, close: () => ahead.close() }),
        rows: () => undefined,
        taken: () => ahead.taken,
      });
    },
    otherwise: (why) => (why instanceof Error && !(why instanceof NotJoinable) ? undefined : conformed),
  };
}

function isLike({ columns }: AsWritten, format: CsvFormat, layout: Layout): boolean {
  const own = asWritten(format, layout);
  return own?.columns.every((name, index) => name === columns[index]) === true;
}

/** An object with other columns, or in another order: among the others, if the way they are written is the conformed one. */
function conformTo(
  { columns, format: { delimiter, quote, null: only } }: AsWritten,
  format: CsvFormat,
  layout: Layout,
  text: AsyncIterable<Buffer>,
): Readable {
  if (delimiter !== ',' || quote !== '"' || only !== '') {
    throw new NotJoinable('the columns are others, and the text would be written in another way');
  }
  const places = columns.map((name) => layout.columns.findIndex((column) => column.name === name));
  const conform = conformLayout(format, {
    ...layout,
    columns: places.flatMap((place) => layout.columns[place] ?? []),
    select: places.flatMap((place) => layout.select[place] ?? []),
  });
  pipeline(text, conform, () => undefined);
  return conform;
}
