import { Readable } from 'node:stream';
import type { StreamPart } from '../../model/ports/feed.ts';
import { counted } from '../../model/base/numbers.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { escapeText } from '../copy-text/index.ts';
import { wanted } from '../delimited/layout.ts';

/** Names that go into one piece of the stream. */
const together = 1000;

/** Returns the values that a column holds for some files, one row for each. Nothing is read from the source for it. */
export function namesPart(table: Table, name: string, values: readonly string[]): StreamPart {
  const label = `the names of ${counted(values.length, 'file')}`;
  return {
    kind: 'stream',
    label,
    columns: [name],
    format: { type: 'text' },
    open: () =>
      Promise.resolve({
        bytes: Readable.from(pieces(values)),
        rows: () => values.length,
        taken: () => 0,
      }),
    explain({ message, record }) {
      const column = table.columns.find((one) => one.name === name);
      const value = record === undefined ? undefined : values[record - 1];
      const of = value === undefined ? label : JSON.stringify(value);
      const type = column === undefined ? '' : ` (${wanted(column)})`;
      return Promise.resolve(
        new RunError('EXT2105', `"${name}"${type} cannot be derived from ${of}: ${message}`, {
          hint: 'give the column a longer type, or text',
          place: column?.place ?? table.place,
        }),
      );
    },
    translate: (error) => error,
  };
}

function* pieces(values: readonly string[]): Generator<Buffer> {
  for (let from = 0; from < values.length; from += together) {
    const lines = values.slice(from, from + together).map((value) => `${escapeText(value, '\t')}\n`);
    yield Buffer.from(lines.join(''));
  }
}
