import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { CsvFormat } from '../../model/config/source.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { readLayout, type Layout } from '../delimited/layout.ts';
import { textOf } from '../delimited/text.ts';
import type { FoundObject } from './bucket.ts';
import { bytesOf, packed } from './objects.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Reader } from './reader.ts';

const headerBytes = 64 * 1024;

/** An object of text, for a table. */
export interface TextObject {
  table: Table;
  object: FoundObject;
  format: CsvFormat;
}

/** Returns the mapping from the fields of an object to columns: reads little more of it than its header. */
export async function headerOf(
  reader: Reader,
  { table, object, format }: TextObject,
  signal: AbortSignal,
): Promise<Layout | { problem: Diagnostic }> {
  // One request after the other, and no more than the header needs.
  const sparing = { ...reader, limits: { requests: 1, bytes: headerBytes, range: headerBytes } };
  const ahead = new ReadAhead(sparing, [object]);
  const text = textOf(bytesOf(ahead, object, signal), packed(ahead, object), format);
  try {
    return await readLayout(table, format, text, object);
  } finally {
    text.destroy();
    ahead.close();
  }
}
