import type { StoredRecord } from '../../model/ports/state-port.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { foreign } from '../../model/errors/secrets.ts';
import { soundRecord } from '../record.ts';
import type { Where } from './errors.ts';
import type { RecordRow } from './operation.ts';

/** Returns the record in a row; undefined without a row. */
export function storedRecord(
  row: RecordRow | undefined,
  address: string,
  { shown }: Where,
): StoredRecord | undefined {
  if (row === undefined) return undefined;
  try {
    return { record: soundRecord(JSON.parse(row.record), address), version: row.version };
  } catch (error) {
    const why = foreign(error instanceof Error ? error.message : String(error));
    throw new RunError('EXT6002', `cannot read the state of ${address} in ${shown}: ${why}`, {
      hint: `delete its row in the table records to forget what was applied: everything will be observed and read again`,
      cause: error,
    });
  }
}
