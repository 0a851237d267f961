import type { StreamPart } from '../../model/feed.ts';
import type { CsvFormat, Table } from '../../model/pipeline.ts';
import { textOf } from '../delimited/text.ts';
import { textStreamPart } from '../delimited/text-part.ts';
import type { FoundObject } from './bucket.ts';
import { bytesOf, packed } from './objects.ts';
import type { ReadAhead } from './read-ahead.ts';

/** One object in PostgreSQL's text format. */
export function textPart(ahead: ReadAhead, table: Table, object: FoundObject, format: CsvFormat): StreamPart {
  return textStreamPart(table, object, format, (signal) => {
    const before = ahead.taken;
    return {
      bytes: textOf(bytesOf(ahead, object, signal), packed(ahead, object), format),
      taken: () => ahead.taken - before,
    };
  });
}
