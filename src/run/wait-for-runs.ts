import { limitConcurrency } from '../model/base/limit.ts';
import { RunError } from '../model/errors/run-error.ts';
import type { StatePort } from '../model/ports/state-port.ts';

/**
 * Waits until no other run applies one of these pipelines, for as long as the state waits for a lock, so that the plan is
 * made from what those runs leave behind. A lock that is held for longer, or that cannot be read, fails its own pipeline when
 * that is applied.
 */
export async function waitForRuns(
  addresses: readonly string[],
  state: Pick<StatePort, 'holder' | 'lock' | 'listLocks'>,
): Promise<void> {
  const turn = limitConcurrency(8);
  const locked = await lockedNow(state);
  const held = locked === undefined ? addresses : addresses.filter((address) => locked.has(address));
  await Promise.all(held.map((address) => turn(() => waitForLock(address, state))));
}

/** Returns the addresses that are locked; undefined if the locks cannot be listed. */
async function lockedNow(state: Pick<StatePort, 'listLocks'>): Promise<ReadonlySet<string> | undefined> {
  try {
    return new Set(await state.listLocks());
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return undefined;
  }
}

async function waitForLock(address: string, state: Pick<StatePort, 'holder' | 'lock'>): Promise<void> {
  try {
    const holder = await state.holder(address);
    if (holder === undefined || holder.alive === 'no') return;
    const lock = await state.lock(address);
    await lock.release();
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
  }
}
