import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { CsvFormat } from '../../model/config/source.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { csvDialect, readHeaderRecord } from '../csv/index.ts';
import { layOut, type Layout } from '../delimited/layout.ts';
import type { FoundObject } from './bucket.ts';

/** The mapping from the fields of an object to columns, and all its text once more: the header was read from it. */
export interface LaidOut {
  layout: Layout | { problem: Diagnostic };
  text: AsyncIterable<Buffer>;
  /** The number of its bytes before its data. */
  header: number;
}

/** Reads no more of the text than the header, or what comes before the first record. */
export async function layOutObject(
  table: Table,
  object: FoundObject,
  format: CsvFormat,
  text: AsyncIterable<Buffer>,
): Promise<LaidOut> {
  const read: Buffer[] = [];
  const rest = text[Symbol.asyncIterator]();
  const header = await readHeaderRecord(
    {
      // Without `return`: a caller who leaves this loop early has only peeked.
      [Symbol.asyncIterator]: () => ({
        async next() {
          // The memory of a chunk is its taker's only until the next one is asked for. One is mostly enough.
          const last = read.pop();
          if (last !== undefined) read.push(Buffer.from(last));
          const step = await rest.next();
          if (step.done !== true) read.push(step.value);
          return step;
        },
      }),
    },
    csvDialect(format),
  );
  return { layout: layOut(table, format, header, object), text: rejoined(read, rest), header: header.length };
}

export function required(layout: Layout | { problem: Diagnostic }): Layout {
  if ('problem' in layout) throw new RunError(layout.problem.code, layout.problem.message, layout.problem);
  return layout;
}

async function* rejoined(read: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* read;
    yield* { [Symbol.asyncIterator]: () => rest };
  } finally {
    await rest.return?.();
  }
}
