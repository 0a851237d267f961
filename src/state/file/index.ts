import type { StatePort } from '../../model/ports.ts';
import { RunError } from '../../model/run-error.ts';
import { takeLock } from './lock.ts';
import { readRecord, recordPath, writeRecord } from './record.ts';

/** State in a folder: one JSON file per address, and beside it a lock file while it is being applied. */
export function openFileState(folder: string): StatePort {
  return {
    read: (address) => readRecord(recordPath(folder, address)),
    async write(record, seen) {
      const file = recordPath(folder, record.address);
      const stored = await readRecord(file);
      if (stored?.version !== seen) {
        throw new RunError('EXT6005', `the state of ${record.address} was changed by another run meanwhile`, {
          hint: 'plan again: what was applied here may not be what is recorded',
        });
      }
      await writeRecord(file, record);
    },
    lock: (address) => takeLock(folder, address),
  };
}
