import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beginDraft } from '../../disk/draft-file.ts';
import { reasonOf } from '../../disk/reason.ts';
import { readRegularFile } from '../../disk/regular-file.ts';
import { takeToken } from '../../model/base/rate.ts';
import { RunError } from '../../model/errors/run-error.ts';
import type { Lock, WantedTurn } from '../../model/ports/state-port.ts';
import { unreadableRate } from '../errors.ts';
import { rateAddress, recordName, sound } from '../record.ts';
import { amount, mapWith } from '../shape.ts';
import { takeLock } from './lock.ts';

/** A rate as a file: the time at which its bucket is full, in milliseconds since 1970. */
interface StoredRate {
  format: 1;
  fullAt: number;
}

const rateShape = mapWith({ format: amount, fullAt: amount });

/** A lock on a rate is held for a moment; one that outlasts this belongs to a process that cannot be seen from here. */
const longestLock = 60_000;

export interface RateOptions {
  job: string | undefined;
  signal: AbortSignal;
  /** Milliseconds since 1970; by default those of this machine. */
  now?: () => number;
}

/** Takes a token under the lock of the rate, because files have no conditional write. */
export async function takeFileTurn(
  folder: string,
  { name, rate }: WantedTurn,
  { job, signal, now = Date.now }: RateOptions,
): Promise<number> {
  const lock = await lockRate(folder, rateAddress(name), { job, signal });
  try {
    const file = path.join(folder, recordName(rateAddress(name)));
    const turn = takeToken(rate, await readRate(file), now());
    await lock.confirm();
    await writeRate(file, { format: 1, fullAt: turn.fullAt });
    return turn.wait;
  } finally {
    await lock.release();
  }
}

async function lockRate(
  folder: string,
  address: string,
  { job, signal }: Omit<RateOptions, 'now'>,
): Promise<Lock> {
  const deadline = performance.now() + longestLock;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await takeLock(folder, address, job);
    } catch (error) {
      const isHeld = error instanceof RunError && (error.code === 'EXT6004' || error.code === 'EXT6003');
      if (!isHeld || performance.now() > deadline) throw error;
    }
    await pause(randomInt(5, 40));
  }
}

async function readRate(file: string): Promise<number | undefined> {
  try {
    return (sound(rateShape, JSON.parse(await readRegularFile(file))) as StoredRate).fullAt;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadableRate(file, error);
  }
}

/** Replaces the file at once: a killed process leaves the old one or the new one. */
async function writeRate(file: string, rate: StoredRate): Promise<void> {
  try {
    const draft = await beginDraft(file);
    try {
      await writeFile(draft.path, `${JSON.stringify(rate)}\n`, { flag: 'wx', mode: 0o600 });
      await draft.commit();
    } catch (error) {
      await draft.discard();
      throw error;
    }
  } catch (error) {
    throw new RunError('EXT6001', `cannot write the rate ${file}: ${reasonOf(error)}`, {
      hint: 'make room, or check the permissions of its folder; nothing was published for this turn',
      cause: error,
    });
  }
}
