import { pipeline, type Readable } from 'node:stream';
import type { StreamPart } from '../../model/feed.ts';
import { child } from '../../model/diagnostic.ts';
import type { CsvFormat, Table } from '../../model/pipeline.ts';
import { RunError } from '../../model/run-error.ts';
import { constantsOf } from '../delimited/constants.ts';
import { explainText } from '../delimited/explain.ts';
import { textOf } from '../delimited/text.ts';
import { addFields } from '../delimited/text-fields.ts';
import type { FoundObject } from './bucket.ts';
import { bytesOf } from './csv-part.ts';
import type { ReadAhead } from './read-ahead.ts';

/** One object in PostgreSQL's text format, which hyperd reads by itself: its columns are those of the table, in order. */
export function textPart(ahead: ReadAhead, table: Table, object: FoundObject, format: CsvFormat): StreamPart {
  const constants = constantsOf(table, object);
  const columns = table.columns.filter(({ origin }) => origin.kind === 'column');
  return {
    kind: 'stream',
    label: object.shown,
    size: object.size,
    columns: [...columns.map(({ name }) => name), ...constants.map(({ column }) => column)],
    format: {
      type: 'text',
      delimiter: format.delimiter,
      null: format.nulls[0] ?? '\\N',
      dateOrder: format.dateOrder,
    },
    open(signal) {
      const before = ahead.taken;
      const text = textOf(bytesOf(ahead, object, signal), object, format);
      return Promise.resolve({
        bytes: withFields(
          text,
          constants.map((constant) => constant.text),
          format.delimiter,
        ),
        rows: () => undefined,
        taken: () => ahead.taken - before,
      });
    },
    explain: ({ message, record, column }) => {
      const at = `${object.shown}${record === undefined ? '' : `:${record}`}`;
      const what = column === undefined ? message : `column "${column}": ${message}`;
      return Promise.resolve(
        new RunError('EXT2103', `${at}: ${what}`, {
          hint: 'correct the file, or the contract',
          place: table.columns.find(({ name }) => name === column)?.place ?? child(table.place, 'columns'),
        }),
      );
    },
    translate: (error) => explainText(error, object, table),
  };
}

function withFields(text: Readable, values: readonly string[], delimiter: string): Readable {
  if (values.length === 0) return text;
  const more = addFields(values, delimiter);
  pipeline(text, more, () => undefined);
  return more;
}
