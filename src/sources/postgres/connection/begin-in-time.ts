import type pg from 'pg';
import type { Place } from '../../../model/errors/diagnostic.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { isConnectionWait } from '../../../postgres/connect-errors.ts';

/** The connections to one server that get work done, and the time that one without work waits. */
export interface Patience {
  /** Clients in a transaction that ends by itself; one that holds a snapshot waits for others. */
  working: Set<pg.Client>;
  /** Milliseconds. */
  limit: number;
  /** Called once after a moment: what is kept open for later may be what the pooler lacks. */
  spare: () => Promise<void>;
}

/** Milliseconds until idle connections are given up, between looks, and until a line is printed. */
const spareAfter = 500;
const nextLook = 250;
const reportAfter = 4000;

export interface Waiter {
  client: pg.Client;
  place: Place;
  report: ((text: string) => void) | undefined;
}

/** Begins a transaction in time (see `answerInTime`); while it lasts, the connection counts as working. */
export async function beginInTime(
  patience: Patience,
  waiter: Waiter,
  begin: () => Promise<void>,
): Promise<void> {
  // Beginning again ends the transaction before: until this one begins, the connection waits like any other.
  patience.working.delete(waiter.client);
  await answerInTime(patience, waiter, begin);
  patience.working.add(waiter.client);
}

/**
 * Calls something that is answered at once unless a pooler in between has no server connection left. As long as
 * another connection of ours works, that one will come free; but a pooler that has lent all of them to snapshots lets
 * their readers wait for ever.
 */
export async function answerInTime(
  { working, limit, spare }: Patience,
  { client, place, report }: Waiter,
  call: () => Promise<void>,
): Promise<void> {
  const began = performance.now();
  let lastWork = began;
  let isSpared = false;
  let isReported = false;
  const patience = new AbortController();
  const look = () => {
    const now = performance.now();
    if (working.size > 0) lastWork = now;
    if (!isSpared && now - began >= spareAfter) {
      isSpared = true;
      void spare();
    }
    if (!isReported && now - began >= reportAfter) {
      isReported = true;
      report?.('waiting for a connection of the pooler or server');
    }
    if (now - lastWork < limit) return;
    patience.abort();
    client.connection.stream.destroy();
  };
  const timer = setInterval(look, nextLook);
  try {
    await call();
  } catch (error) {
    throw patience.signal.aborted || isConnectionWait(error)
      ? noConnectionLeft(performance.now() - began, place, error)
      : error;
  } finally {
    clearInterval(timer);
  }
}

function noConnectionLeft(milliseconds: number, place: Place, cause: unknown): RunError {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  return new RunError(
    'EXT2025',
    `waited ${seconds} s for a connection: the pooler in front of PostgreSQL has no server connection left for this user and database`,
    {
      hint: 'each snapshot takes one and each reader another: give the pooler at least 2 (pool_size of pgbouncer) and this run no more than that, in extracts.yaml: limits: {connections: 2}; or connect to PostgreSQL itself',
      place,
      cause,
    },
  );
}
