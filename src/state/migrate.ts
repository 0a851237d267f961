import { limitConcurrency } from '../model/base/limit.ts';
import { counted } from '../model/base/numbers.ts';
import { RunError } from '../model/errors/run-error.ts';
import type { Lock, ReadResult, StatePort, StoredRecord } from '../model/ports/state-port.ts';

/** A state, and its place for messages. */
export interface NamedState {
  state: StatePort;
  shown: string;
}

export interface Migrated {
  copied: number;
  /** The number of records that were there already, and are equal. */
  equal: number;
}

/** The number of locks and records at once: a bucket answers so many well. */
const atOnce = 32;

/**
 * Copies all records and the notes of interrupted runs from one state to another, and reads them back. Everything is locked in
 * both until the end, so that no run records anything in between. Nothing is written if the other state has a record that
 * is not the same here. Repeated, it finds what it has copied. The first state stays as it is.
 */
export async function migrateState(from: NamedState, to: NamedState): Promise<Migrated> {
  const addresses = await from.state.list();
  const held: Lock[] = [];
  try {
    await lockAll(from.state, addresses, held);
    const locks = await lockAll(to.state, addresses, held);
    const records = recordsOf(await from.state.readMany(await from.state.list()));
    const missing = await missingIn(to, records);
    const turn = limitConcurrency(atOnce);
    await Promise.all(
      missing.map(({ record }) => turn(async () => locks.get(record.address)?.write(record, undefined))),
    );
    await copyRuns(from.state, to.state);
    await confirmCopied(to, records);
    return { copied: missing.length, equal: records.size - missing.length };
  } finally {
    await Promise.all(held.map((lock) => lock.release()));
  }
}

async function lockAll(
  state: StatePort,
  addresses: readonly string[],
  held: Lock[],
): Promise<ReadonlyMap<string, Lock>> {
  const locks = new Map<string, Lock>();
  const turn = limitConcurrency(atOnce);
  const taking = addresses.map((address) =>
    turn(async () => {
      const lock = await state.lock(address);
      held.push(lock);
      locks.set(address, lock);
    }),
  );
  // All are waited for, so that each that is taken is given back.
  const failed = (await Promise.allSettled(taking)).find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return locks;
}

/** Fails if a record cannot be read: it would be lost. */
function recordsOf(results: ReadonlyMap<string, ReadResult>): ReadonlyMap<string, StoredRecord> {
  const records = new Map<string, StoredRecord>();
  for (const [address, result] of results) {
    if ('error' in result) throw result.error;
    if (result.stored !== undefined) records.set(address, result.stored);
  }
  return records;
}

/** Returns the records that the other state does not have. Fails if it has one that is not the same here. */
async function missingIn(
  { state, shown }: NamedState,
  records: ReadonlyMap<string, StoredRecord>,
): Promise<StoredRecord[]> {
  const there = recordsOf(await state.readMany(await state.list()));
  const others = [...there].filter(([address, { version }]) => records.get(address)?.version !== version);
  if (others.length > 0) {
    const names = others
      .map(([address]) => address)
      .sort()
      .slice(0, 3);
    const more = others.length > names.length ? ', …' : '';
    throw new RunError(
      'EXT6012',
      `${shown} has ${counted(others.length, 'record')} that ${others.length === 1 ? 'is' : 'are'} not the same here: ${names.join(', ')}${more}`,
      { hint: 'nothing was copied; migrate to an empty state, or remove them there: extracts state rm NAME' },
    );
  }
  return [...records.values()].filter(({ record }) => !there.has(record.address));
}

/** Runs that were interrupted can be resumed from the other state, too. */
async function copyRuns(from: StatePort, to: StatePort): Promise<void> {
  const there = new Set((await to.openRuns()).map(({ id }) => id));
  for (const { id, addresses } of await from.openRuns())
    if (!there.has(id)) await to.beginRun({ id, addresses });
}

async function confirmCopied(
  { state, shown }: NamedState,
  records: ReadonlyMap<string, StoredRecord>,
): Promise<void> {
  const there = recordsOf(await state.readMany([...records.keys()]));
  const wrong = [...records].filter(([address, { version }]) => there.get(address)?.version !== version);
  if (wrong.length === 0) return;
  throw new RunError('EXT6012', `${shown} does not give back what was written: ${wrong[0]?.[0] ?? ''}`, {
    hint: 'use the first state on, which is as it was; check the storage of the other one',
  });
}
