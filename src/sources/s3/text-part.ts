import type { StreamPart } from '../../model/ports/feed.ts';
import type { CsvFormat } from '../../model/config/source.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { textOf } from '../delimited/text.ts';
import { textStreamPart } from '../delimited/text-part.ts';
import type { FoundObject } from './bucket.ts';
import { bytesOf, packed } from './objects.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Reader } from './reader.ts';

/** Reads one object in PostgreSQL's text format. `ahead` is shared by those of a table, which are taken in order. */
// eslint-disable-next-line max-params -- no two of them belong together
export function textPart(
  reader: Reader,
  ahead: ReadAhead,
  table: Table,
  object: FoundObject,
  format: CsvFormat,
): StreamPart {
  const text = (from: ReadAhead, signal: AbortSignal) =>
    textOf(bytesOf(from, object, signal), packed(from, object), format);
  let isTaken = false;
  return textStreamPart(table, object, format, {
    open(signal) {
      // Another way to read it begins at the start.
      const from = isTaken ? new ReadAhead(reader, [object]) : ahead;
      isTaken = true;
      const before = from.taken;
      return { bytes: text(from, signal), taken: () => from.taken - before };
    },
    reopen() {
      const look = new ReadAhead(reader, [object]);
      const found = text(look, new AbortController().signal);
      return found.once('close', () => look.close());
    },
  });
}
