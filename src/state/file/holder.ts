import { reasonOf } from '../../disk/reason.ts';
import type { LockHolder } from '../../model/ports/state-port.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { nameOf } from '../holder.ts';
import { isAlive, lockPath, readHolder, removeLock } from './lock-file.ts';

/** Returns the holder of an address's lock, dead or alive. */
export async function lookAtLock(folder: string, address: string): Promise<LockHolder | undefined> {
  const holder = await readHolder(lockPath(folder, address));
  if (holder === undefined) return undefined;
  const isHolderAlive = await isAlive(holder);
  return {
    name: nameOf(holder),
    since: holder.since,
    alive: isHolderAlive === undefined ? 'unknown' : isHolderAlive ? 'yes' : 'no',
  };
}

export async function breakLock(folder: string, address: string): Promise<void> {
  const file = lockPath(folder, address);
  try {
    await removeLock(file);
  } catch (error) {
    throw new RunError('EXT6001', `cannot remove the lock ${file}: ${reasonOf(error)}`, {
      hint: 'check the permissions of its folder',
      cause: error,
    });
  }
}
