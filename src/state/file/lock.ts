import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { AppliedRecord } from '../../model/observation.ts';
import type { Lock } from '../../model/ports.ts';
import { lockChangesHands, lockHeld, lockLost, staleRecord } from '../errors.ts';
import { nameOf, thisRun } from '../holder.ts';
import { claim, isAlive, lockPath, readHolder, removeLock, startOf, type FileHolder } from './lock-file.ts';
import { readRecord, recordPath, removeRecord, writeRecord } from './record.ts';

/**
 * Takes the lock file of an address or says who holds it. The file is made whole before it gets its name (a hard link
 * fails if the name is taken), so that nobody reads half a holder. A lock whose process is gone from this machine is
 * taken over; of another machine nothing is known, so its lock stands.
 */
export async function takeLock(folder: string, address: string, job: string | undefined): Promise<Lock> {
  const file = lockPath(folder, address);
  const token = randomBytes(8).toString('hex');
  const draft = `${file}.${token}`;
  const me: FileHolder = { ...thisRun(job), started: await startOf(process.pid), token };
  await mkdir(folder, { recursive: true });
  await writeFile(draft, JSON.stringify(me), { flag: 'wx' });
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      if (await claim(draft, file)) return heldLock(folder, address, token);
      const holder = await readHolder(file);
      if (holder === undefined) continue;
      if ((await isAlive(holder)) !== false) {
        throw lockHeld(
          address,
          nameOf(holder),
          `wait for it; if that run is gone for good: extracts state unlock ${address}`,
        );
      }
      await removeLock(file);
    }
    throw lockChangesHands(address);
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Files know no conditional write: between the look at the lock and the rename of the record there is a moment. Only
 * somebody who breaks the lock of a living process in that very moment can come between.
 */
function heldLock(folder: string, address: string, token: string): Lock {
  const file = lockPath(folder, address);
  const record = recordPath(folder, address);
  const loss = new AbortController();
  const isOurs = async () => (await readHolder(file))?.token === token;
  const confirm = async () => {
    if (!(await isOurs())) loss.abort(lockLost(address, 'somebody has broken it'));
    loss.signal.throwIfAborted();
  };
  const expect = async (seen: string | undefined) => {
    await confirm();
    if ((await readRecord(record))?.version !== seen) throw staleRecord(address);
  };
  return {
    lost: loss.signal,
    confirm,
    async write(next: AppliedRecord, seen) {
      await expect(seen);
      await writeRecord(record, next);
    },
    async remove(seen) {
      await expect(seen);
      await removeRecord(record);
    },
    async release() {
      if (await isOurs()) await rm(file, { force: true });
    },
  };
}
