import type { StatePort } from '../../model/ports.ts';
import { breakLock, lookAtLock } from './holder.ts';
import { takeLock } from './lock.ts';
import { beginRun, endRun, openRuns } from './runs.ts';
import { listRecords, readRecord, recordPath } from './record.ts';

/** State in a folder: one JSON file per address, and beside it a lock file while it is being applied. */
export function openFileState(folder: string, job?: string): StatePort {
  return {
    read: (address) => readRecord(recordPath(folder, address)),
    list: () => listRecords(folder),
    lock: (address) => takeLock(folder, address, job),
    holder: (address) => lookAtLock(folder, address),
    breakLock: (address) => breakLock(folder, address),
    beginRun: (run) => beginRun(folder, run, job),
    endRun: (id) => endRun(folder, id),
    openRuns: () => openRuns(folder),
    close: () => Promise.resolve(),
  };
}
