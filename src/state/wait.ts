import { setTimeout as pause } from 'node:timers/promises';
import type { Lease, Lock, WantedLease } from '../model/ports/state-port.ts';
import { RunError } from '../model/errors/run-error.ts';

export interface Waiting {
  /** Milliseconds. */
  wait: number;
  signal: AbortSignal;
  /** Hears once what is waited for, and who has it. */
  onWait: (about: string) => void;
}

/** The options of waiting, each of which may be left out. */
export type WaitOptions = Partial<Waiting>;

/** The defaults: no time to wait. */
export const noWait: Waiting = {
  wait: 0,
  signal: new AbortController().signal,
  onWait: () => undefined,
};

/**
 * The longest waits of a run that have ended well, in milliseconds. A pipeline may wait for a lock and for a token; it
 * waits no longer for both than the user allows for one.
 */
export interface Waited {
  lock: number;
  lease: number;
}

export const notWaited = (): Waited => ({ lock: 0, lease: 0 });

/**
 * Returns a function that takes the lock of an address, and waits while another run has it; then it fails as the last
 * attempt did. It does not wait a second time for a lock that has outlasted the wait.
 */
export function lockWaiter(waiting: Waiting, waited: Waited) {
  const outlasted = new Set<string>();
  return async (address: string, take: () => Promise<Lock>): Promise<Lock> => {
    const wait = outlasted.has(address) ? 0 : waiting.wait - waited.lease;
    try {
      const { taken, after } = await untilTaken(take, { ...waiting, wait });
      waited.lock = Math.max(waited.lock, after);
      return taken;
    } catch (error) {
      if (isHeld(error)) outlasted.add(address);
      throw error;
    }
  };
}

/** Takes the first of several leases that is free, and waits while none is. */
export async function waitForLease(
  take: (name: string) => Promise<Lock>,
  { what, names, wait }: WantedLease,
  { signal, onWait, waited }: Omit<Waiting, 'wait'> & { waited: Waited },
): Promise<Lease & { name: string }> {
  const takeAny = async () => {
    let held: unknown;
    for (const name of names) {
      try {
        return { ...(await take(name)), name };
      } catch (error) {
        if (!isHeld(error)) throw error;
        held = error;
      }
    }
    throw held;
  };
  try {
    const { taken, after } = await untilTaken(takeAny, {
      wait: wait - waited.lock,
      signal,
      onWait: (about) => onWait(`${what}: ${about}`),
    });
    waited.lease = Math.max(waited.lease, after);
    return taken;
  } catch (error) {
    throw isHeld(error) ? inUse(what, names.length, error) : error;
  }
}

async function untilTaken<Taken>(
  take: () => Promise<Taken>,
  { wait, signal, onWait }: Waiting,
): Promise<{ taken: Taken; after: number }> {
  const begin = performance.now();
  const deadline = begin + wait;
  for (let attempt = 1; ; attempt++) {
    try {
      const taken = await take();
      return { taken, after: attempt === 1 ? 0 : performance.now() - begin };
    } catch (error) {
      const left = deadline - performance.now();
      if (!isHeld(error) || left <= 0) throw error;
      if (attempt === 1) onWait(error.message);
      // Processes that began together do not ask together.
      await pause(Math.min(left, 300 + Math.random() * 700), undefined, { signal }).catch(
        (reason: unknown) => {
          signal.throwIfAborted();
          throw reason;
        },
      );
    }
  }
}

function isHeld(error: unknown): error is RunError {
  return error instanceof RunError && (error.code === 'EXT6004' || error.code === 'EXT6003');
}

function inUse(what: string, count: number, cause: RunError): RunError {
  const held = cause.code === 'EXT6004' ? `is ${cause.message}` : 'is in use';
  const all =
    count === 1 ? held : `is not free: all ${count} are in use, one ${cause.message.replace('in use ', '')}`;
  return new RunError('EXT6007', `${what} ${cause.code === 'EXT6004' ? all : held}`, {
    hint: 'wait longer with --lock-wait, add a token to auth: {tokens: […]}, or sign in by a connected app, which any number of runs may use',
    cause,
  });
}
