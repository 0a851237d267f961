import type { Table } from '../../model/config/pipeline.ts';
import type { Snapshot } from '../../model/ports/source-port.ts';

/** Reads a table and confirms that its rows come from one moment. A change of the source goes before other errors. */
export async function readConfirmed<Read>(
  snapshot: Pick<Snapshot, 'confirm' | 'explain'>,
  table: Table,
  signal: AbortSignal,
  read: () => Promise<Read>,
): Promise<Read> {
  let done: Read;
  try {
    done = await read();
  } catch (error) {
    if (signal.aborted || snapshot.explain === undefined) throw error;
    throw await snapshot.explain(table, error);
  }
  await snapshot.confirm(table, signal);
  return done;
}
