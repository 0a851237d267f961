import { randomBytes } from 'node:crypto';
import type { PostgresStateSettings } from '../../model/config/project.ts';
import type { LockHolder, StatePort } from '../../model/ports/state-port.ts';
import { nameOf } from '../holder.ts';
import { readSideBySide } from '../read-many.ts';
import { leaseAddress } from '../record.ts';
import { lockWaiter, notWaited, noWait, waitForLease } from '../wait.ts';
import { openLocks } from './lock.ts';
import type { LockRow } from './operation.ts';
import { pace as usualPace, type Pace } from './pace.ts';
import { prepareTables } from './prepare.ts';
import { openQueue } from './queue.ts';
import { takeRowTurn } from './rate.ts';
import { openReads } from './reads.ts';
import { openRunRows } from './runs.ts';
import { openSession, type Session } from './session.ts';
import { tablesIn } from './tables.ts';

export interface PostgresStateOptions {
  /** A link to the job that this run is part of. */
  job?: string | undefined;
  /** Ends looking and waiting. What is recorded or given back still is. */
  signal?: AbortSignal;
  pace?: Pace;
  /** Milliseconds until a server that does not work is given up; by default that of the pace. */
  outage?: number | undefined;
  /** The time to wait for a lock that another run holds. */
  wait?: number;
  onWait?: (about: string) => void;
}

/**
 * State in PostgreSQL, for runs that share no disk: a row per address, and one in another table while it is being applied.
 * Nothing of it belongs to a session of the server, so a pooler of transactions may be in between.
 */
export function openPostgresState(
  settings: PostgresStateSettings,
  options: PostgresStateOptions = {},
): StatePort {
  const { job, signal = new AbortController().signal, wait = noWait.wait, onWait = noWait.onWait } = options;
  const pace = { ...(options.pace ?? usualPace) };
  pace.outage = options.outage ?? pace.outage;
  const waiting = { wait, onWait, signal };
  const waited = notWaited();
  const waitForLock = lockWaiter(waiting, waited);
  const tables = tablesIn(settings.schema);
  const session = openSession(settings, pace, onWait);
  const { where } = session;
  const preparation = prepareTables(session, tables);
  const locks = openLocks({ queue: () => queue, where, pace, job, signal });
  const queue = openQueue({ session, preparation, tables, pace, held: () => locks.held() });
  const runs = openRunRows({ session, preparation, tables }, signal);
  const addressesIn = async (sql: string): Promise<string[]> => {
    if (!(await preparation.toRead(signal))) return [];
    const { rows } = await session.ask((client) => client.query<{ address: string }>(sql), signal);
    return rows.map(({ address }) => address).sort();
  };
  const { read, changedSince } = openReads({ session, preparation, tables, queue, locks }, signal);
  return {
    read,
    // The queue makes a few requests of them.
    readMany: (addresses) => readSideBySide(addresses, Infinity, read),
    changedSince,
    list: () => addressesIn(`select address from ${tables.records}`),
    listLocks: () => addressesIn(`select address from ${tables.locks} where address not like '.%'`),
    lock: (address) => waitForLock(address, () => locks.take(address)),
    tryLocking: () => tryLocking((address) => locks.take(address)),
    async lease(wanted) {
      if (wanted.onlyWhereStateIs === true) await refuseToCreate(preparation.toRead(signal));
      return waitForLease((name) => locks.take(leaseAddress(name)), wanted, { ...waiting, waited });
    },
    takeTurn: (wanted) => takeRowTurn({ session, preparation, tables }, wanted, signal),
    async holder(address) {
      const { lock } = await queue.perform({ kind: 'look', address }, signal);
      return lock && holderOf(lock);
    },
    async breakLock(address) {
      if (!(await preparation.toRead(signal))) return;
      const sql = `delete from ${tables.locks} where address = $1`;
      await session.ask((client) => client.query(sql, [address]), signal);
    },
    beginRun: (run) => runs.begin(run, job),
    endRun: (id) => runs.end(id),
    openRuns: () => runs.open(),
    close: () => closeAll(() => queue.settled(), session),
  };
}

async function closeAll(settled: () => Promise<void>, session: Session): Promise<void> {
  await settled();
  await session.close();
}

/** The lock of no pipeline: a role that may take it may take those of pipelines. */
async function tryLocking(take: (address: string) => Promise<{ release(): Promise<void> }>): Promise<void> {
  const lock = await take(`.probe-${randomBytes(8).toString('hex')}`);
  await lock.release();
}

async function refuseToCreate(isThere: Promise<boolean>): Promise<void> {
  if (await isThere) return;
  throw Object.assign(new Error('there are no tables of the state yet'), { code: 'ENOENT' });
}

function holderOf(lock: LockRow): LockHolder {
  return {
    name: nameOf(lock),
    since: lock.since,
    until: lock.until,
    alive: lock.isExpired ? 'no' : 'yes',
  };
}
