import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { makeFolder } from '../../disk/folder.ts';
import { beforeSuddenEnd } from '../../disk/last-resort.ts';
import { thisProcess } from '../../disk/process-identity.ts';
import { reasonOf } from '../../disk/reason.ts';
import type { AppliedRecord } from '../../model/world/applied-record.ts';
import type { Lock } from '../../model/ports/state-port.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { lockChangesHands, lockHeld, lockLost, lockOf, staleRecord } from '../errors.ts';
import { nameOf, thisRun } from '../holder.ts';
import { versionOf } from '../record.ts';
import { momentaryName } from './leftovers.ts';
import { claim, isAlive, lockPath, readHolder, removeLock, type FileHolder } from './lock-file.ts';
import { readRecord, recordPath, removeRecord, writeRecord } from './record.ts';

/**
 * Takes the lock file of an address or reports its holder. The file is made whole before it gets its name (a hard
 * link fails if the name is taken), so that no process reads half a holder. The lock of a process that has ended is
 * taken over; a process that cannot be seen from here may be alive, so its lock stays.
 */
export async function takeLock(folder: string, address: string, job: string | undefined): Promise<Lock> {
  try {
    return await tryToLock(folder, address, job);
  } catch (error) {
    if (error instanceof RunError) throw error;
    throw new RunError(
      'EXT6001',
      `cannot take ${lockOf(address)} in the state ${folder}: ${reasonOf(error)}`,
      {
        hint: 'nothing was done; the folder must be writable and have room',
        cause: error,
      },
    );
  }
}

async function tryToLock(folder: string, address: string, job: string | undefined): Promise<Lock> {
  const file = lockPath(folder, address);
  const token = randomBytes(8).toString('hex');
  const draft = await momentaryName(file);
  const me: FileHolder = { ...thisRun(job), ...(await thisProcess()), token };
  await makeFolder(folder);
  const unregister = beforeSuddenEnd(() => rmSync(draft, { force: true }));
  try {
    await writeFile(draft, JSON.stringify(me), { flag: 'wx' });
    for (let attempt = 0; attempt < 5; attempt++) {
      if (await claim(draft, file)) return heldLock(folder, address, token);
      const holder = await readHolder(file);
      if (holder === undefined) continue;
      const alive = await isAlive(holder);
      if (alive !== false) throw lockHeld(address, nameOf(holder), wayOut(address, alive));
      await removeLock(file);
    }
    throw lockChangesHands(address);
  } finally {
    await rm(draft, { force: true });
    unregister();
  }
}

function wayOut(address: string, alive: true | undefined): string {
  if (address.startsWith('.')) return 'wait for it';
  const command = `extracts state unlock ${address}`;
  return alive
    ? `wait for it; if that run has ended: ${command}`
    : `it cannot be seen from here (another machine or container, or before a restart): wait for it; if it has ended: ${command}`;
}

/**
 * Returns a held lock. Files have no conditional write: between the look at the lock and the rename of the record
 * there is a moment. Only a user who breaks the lock of a living process in that very moment can come between.
 */
function heldLock(folder: string, address: string, token: string): Lock {
  const file = lockPath(folder, address);
  const record = recordPath(folder, address);
  const loss = new AbortController();
  const unregister = beforeSuddenEnd(() => {
    const { token: found } = JSON.parse(readFileSync(file, 'utf8')) as Partial<FileHolder>;
    if (found === token) rmSync(file, { force: true });
  });
  const isOurs = async () => (await readHolder(file))?.token === token;
  const confirm = async () => {
    if (!(await isOurs())) loss.abort(lockLost(address, 'another user has broken it'));
    loss.signal.throwIfAborted();
  };
  const expect = async (seen: string | undefined) => {
    await confirm();
    if ((await readRecord(folder, address))?.version !== seen) throw staleRecord(address);
  };
  return {
    lost: loss.signal,
    confirm,
    async write(next: AppliedRecord, seen) {
      await expect(seen);
      await writeRecord(record, next);
      return versionOf(next);
    },
    async remove(seen) {
      await expect(seen);
      await removeRecord(record);
    },
    async release() {
      // A lock file that cannot be read now is not ours.
      if (await isOurs().catch(() => false)) await removeFile(file);
      unregister();
    },
  };
}

async function removeFile(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (error) {
    throw new RunError('EXT6001', `cannot remove the lock ${file}: ${reasonOf(error)}`, {
      hint: 'the run itself has ended; delete the file',
      cause: error,
    });
  }
}
