import type pg from 'pg';
import type { Place } from '../../../model/errors/diagnostic.ts';
import type { PostgresSource } from '../../../model/config/source.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { connectAside } from './aside.ts';
import { isLockTimeout } from './errors.ts';
import { backendOf } from './transaction.ts';

/** The waiting session, and where its wait is reported. */
export interface Waiting {
  source: PostgresSource;
  client: pg.Client;
  /** The host of the source that it is connected to. */
  host: string;
  /** Called once, when it takes some seconds. */
  report: ((text: string) => void) | undefined;
  /** The place that waits for the lock, if the error does not name a place of its own. */
  place?: Place;
}

interface Blocker {
  relation: string | null;
  pid: number;
  user: string | null;
  application: string | null;
}

/** Milliseconds until the first look at who is in the way, between looks, and until a line is printed. */
const firstLook = 1000;
const nextLook = 2000;
const reportAfter = 4000;

/**
 * Watches statements that may wait for another session's lock: reports the wait when it takes some seconds, and when
 * it ends in an error names the blocking session. The waiting session cannot ask by itself, so another one does.
 */
export async function watchLocks<T>(waiting: Waiting, call: () => Promise<T>): Promise<T> {
  const began = performance.now();
  let blocker: Blocker | undefined;
  const over = new AbortController();
  let isReported = false;
  let aside: pg.Client | undefined;
  const look = async () => {
    const found = await findBlocker(waiting, over.signal, (client) => {
      aside = client;
      // It may have been opened just as the wait ended.
      if (over.signal.aborted) client.connection.stream.destroy();
    });
    aside = undefined;
    if (over.signal.aborted) return;
    blocker = found ?? blocker;
    if (found !== undefined && !isReported && performance.now() - began >= reportAfter) {
      isReported = true;
      waiting.report?.(`waiting for ${holderOf(found)}`);
    }
    timer = setTimeout(() => void look(), nextLook);
  };
  let timer = setTimeout(() => void look(), firstLook);
  try {
    return await call();
  } catch (error) {
    throw isLockTimeout(error) ? lockError(error, blocker, performance.now() - began, waiting.place) : error;
  } finally {
    over.abort();
    clearTimeout(timer);
    // Behind a pooler its question may wait for the very connection that this call has.
    aside?.connection.stream.destroy();
  }
}

/**
 * Returns the blocking session; undefined where there is none, or where it cannot be queried: the wait continues
 * whatever the query returns.
 */
async function findBlocker(
  { source, client, host }: Waiting,
  over: AbortSignal,
  opened: (aside: pg.Client) => void,
): Promise<Blocker | undefined> {
  const pid = backendOf(client);
  if (pid === undefined) return undefined;
  const aside = await connectAside(source, host, over).catch(() => undefined);
  if (aside === undefined) return undefined;
  opened(aside);
  try {
    const { rows } = await aside.query<Blocker>(blockerQuery, [pid]);
    return rows[0];
  } catch {
    return undefined;
  } finally {
    await aside.end();
  }
}

/** The query for the blocking session; of several, for the one that was first. */
const blockerQuery = `
  select l.relation::pg_catalog.regclass::pg_catalog.text as relation, b.pid, a.usename as user, a.application_name as application
  from pg_catalog.pg_locks l cross join unnest(pg_blocking_pids($1)) as b(pid)
  left join pg_catalog.pg_stat_activity a on a.pid = b.pid
  where l.pid = $1 and not l.granted
  order by a.xact_start nulls last limit 1`;

function holderOf({ relation, pid, user, application }: Blocker): string {
  const facts = [
    ...(user === null || user === '' ? [] : [`user ${user}`]),
    ...(application === null || application === '' ? [] : [application]),
  ];
  const who = `process ${pid}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
  return relation === null ? who : `${who}, which locks ${relation}`;
}

function lockError(
  error: unknown,
  blocker: Blocker | undefined,
  milliseconds: number,
  ofWait: Place | undefined,
): RunError {
  const { place = ofWait, message } = error instanceof RunError ? error : { message: 'no lock' };
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  const text =
    blocker === undefined ? message : `gave up after ${seconds} s of waiting for ${holderOf(blocker)}`;
  const end = blocker === undefined ? '' : `, or end it: select pg_terminate_backend(${blocker.pid})`;
  return new RunError('EXT2022', text, {
    hint: `run again when it is over${end}; alter role … set lock_timeout = '10min' waits longer`,
    place,
    cause: error,
  });
}
