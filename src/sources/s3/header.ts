import type { Diagnostic } from '../../model/diagnostic.ts';
import type { CsvFormat, Table } from '../../model/pipeline.ts';
import type { Layout } from '../delimited/layout.ts';
import { textOf } from '../delimited/text.ts';
import type { FoundObject } from './bucket.ts';
import { layOutObject } from './layout.ts';
import { bytesOf } from './objects.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Reader } from './reader.ts';

const headerBytes = 64 * 1024;

/** How the fields of an object become columns: reads little more of it than its header. */
export async function headerOf(
  reader: Reader,
  table: Table,
  object: FoundObject,
  format: CsvFormat,
  signal: AbortSignal,
): Promise<Layout | { problem: Diagnostic }> {
  // One request after the other, and no more than the header needs.
  const sparing = { ...reader, limits: { requests: 1, bytes: headerBytes, range: headerBytes } };
  const ahead = new ReadAhead(sparing, [object]);
  const text = textOf(bytesOf(ahead, object, signal), object, format);
  try {
    return (await layOutObject(table, object, format, text)).layout;
  } finally {
    text.destroy();
    ahead.close();
  }
}
