import { access, constants } from 'node:fs/promises';
import type { StatePort } from '../../model/ports/state-port.ts';
import { leaseAddress } from '../record.ts';
import { lockWaiter, notWaited, noWait, waitForLease, type WaitOptions } from '../wait.ts';
import { breakLock, lookAtLock } from './holder.ts';
import { takeLock } from './lock.ts';
import { takeFileTurn } from './rate.ts';
import { beginRun, endRun, openRuns } from './runs.ts';
import { removeLeftovers } from './leftovers.ts';
import { limitConcurrency } from '../../model/base/limit.ts';
import { readSideBySide } from '../read-many.ts';
import { listLocks, listRecords, readRecord, stampOf } from './record.ts';

/** State in a folder: one JSON file per address, and beside it a lock file while it is being applied. */
export function openFileState(folder: string, job?: string, options: WaitOptions = {}): StatePort {
  const waiting = { ...noWait, ...options };
  const waited = notWaited();
  const waitForLock = lockWaiter(waiting, waited);
  /** Once is enough for a run. What cannot be removed does no harm. */
  let clearing: Promise<void> | undefined;
  /** Taken before each reading: a file that is replaced meanwhile counts as changed. */
  const stamps = new Map<string, string | undefined>();
  const read: StatePort['read'] = async (address) => {
    stamps.set(address, await stampOf(folder, address));
    return readRecord(folder, address);
  };
  return {
    read,
    readMany: (addresses) => readSideBySide(addresses, 16, read),
    async changedSince(addresses) {
      const turn = limitConcurrency(16);
      const now = await Promise.all(addresses.map((one) => turn(() => stampOf(folder, one))));
      return addresses.filter((address, index) => stamps.get(address) !== now[index]);
    },
    list: () => listRecords(folder),
    listLocks: () => listLocks(folder),
    async lease(wanted) {
      if (wanted.onlyWhereStateIs === true) await access(folder, constants.W_OK);
      return waitForLease((name) => takeLock(folder, leaseAddress(name), job), wanted, {
        ...waiting,
        waited,
      });
    },
    takeTurn: (wanted) => takeFileTurn(folder, wanted, { job, signal: waiting.signal }),
    async lock(address) {
      const lock = await waitForLock(address, () => takeLock(folder, address, job));
      await (clearing ??= removeLeftovers(folder).catch(() => undefined));
      return lock;
    },
    holder: (address) => lookAtLock(folder, address),
    breakLock: (address) => breakLock(folder, address),
    beginRun: (run) => beginRun(folder, run, job),
    endRun: (id) => endRun(folder, id),
    openRuns: () => openRuns(folder),
    close: () => Promise.resolve(),
  };
}
