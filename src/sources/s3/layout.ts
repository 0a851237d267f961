import type { Diagnostic } from '../../model/diagnostic.ts';
import type { CsvFormat, Table } from '../../model/pipeline.ts';
import { RunError } from '../../model/run-error.ts';
import { csvDialect, readHeaderRecord } from '../csv/index.ts';
import { layOutByName, layOutByPlace, type Layout } from '../delimited/layout.ts';
import type { FoundObject } from './bucket.ts';

/** How the fields of an object become columns, and all its text once more: the header was read from it. */
export interface LaidOut {
  layout: Layout | { problem: Diagnostic };
  text: AsyncIterable<Buffer>;
  /** How many of its bytes are the header. */
  header: number;
}

/** Reads no more of the text than the header, if it has one. */
export async function layOutObject(
  table: Table,
  object: FoundObject,
  format: CsvFormat,
  text: AsyncIterable<Buffer>,
): Promise<LaidOut> {
  if (!format.header) return { layout: layOutByPlace(table, object), text, header: 0 };
  const read: Buffer[] = [];
  const rest = text[Symbol.asyncIterator]();
  const { names, length } = await readHeaderRecord(
    {
      // Without `return`: whoever leaves this loop early has only peeped.
      [Symbol.asyncIterator]: () => ({
        async next() {
          const step = await rest.next();
          if (step.done === true) return step;
          // Its memory is its taker's only until the next one is asked for.
          const value = Buffer.from(step.value);
          read.push(value);
          return { value };
        },
      }),
    },
    csvDialect(format),
  );
  return { layout: layOutByName(table, names, object), text: rejoined(read, rest), header: length };
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
