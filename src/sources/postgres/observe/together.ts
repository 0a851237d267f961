import type pg from 'pg';
import type { Limit } from '../../../model/base/limit.ts';
import type { PostgresSource } from '../../../model/config/source.ts';
import type { SourceRequest } from '../../../model/ports/source-port.ts';
import type { SourceObservation } from '../../../model/world/observation.ts';
import { endedBy } from '../../../postgres/cancel.ts';
import { forgetAnswers, keepAnswers, onceInTransaction } from '../connection/catalog-query.ts';
import { explainQuery } from '../connection/errors.ts';
import { openLanes, type Next } from '../connection/lanes.ts';
import type { Leased } from '../connection/lease.ts';
import { watchLocks } from '../connection/lock-waits.ts';
import type { Pool } from '../connection/pool.ts';
import { risk } from '../connection/transaction.ts';
import { systemOf } from '../incremental/late.ts';
import { observeTable, type ObserveOptions } from './table.ts';

/** The tables of one pipeline, which are observed in one transaction. */
export interface Observed {
  requests: readonly SourceRequest[];
  report: ((progress: string) => void) | undefined;
}

interface Call extends Observed {
  resolve: (observations: SourceObservation[]) => void;
  reject: (error: unknown) => void;
}

/** Limits the connections that observe at once. */
export interface Lanes {
  /** The most for one source. */
  most: number;
  /** A place among those of all sources. */
  turn: Limit;
}

export interface Together {
  lanes: Lanes;
  source: PostgresSource;
  pool: Pool;
  options: ObserveOptions;
  signal: AbortSignal;
  /** Begins a transaction in the place of the one before. */
  begin: (leased: Leased, report: Observed['report']) => Promise<void>;
  /** Observes tables in a transaction of their own, which has begun. */
  alone: (leased: Leased, observed: Observed) => Promise<SourceObservation[]>;
  /** Adds what is reported of the server. */
  finish: (leased: Leased, observations: readonly SourceObservation[]) => SourceObservation[];
}

/** Milliseconds for which a transaction serves further tables: their moment is to be recent, and holds nothing up. */
const longest = 1000;

/**
 * Observes the tables of many pipelines by few transactions, each through one connection: what is asked about catalogs is
 * asked once for all that see the same moment. Whatever goes wrong there is looked at again in a transaction of its own, so
 * that a table has the same observation, and the same errors, as if it were alone.
 */
export function observeTogether(together: Together): (observed: Observed) => Promise<SourceObservation[]> {
  const { most, turn } = together.lanes;
  const add = openLanes<Call>(most, (next) => turn(() => driveLane(together, next)));
  return (observed) => new Promise((resolve, reject) => add({ ...observed, resolve, reject }));
}

async function driveLane(together: Together, next: Next<Call>): Promise<void> {
  const { source, pool, signal } = together;
  const first = next();
  if (first === undefined) return;
  const current: { call: Call | undefined } = { call: first };
  let leased: Leased | undefined;
  try {
    const own = await pool.lead(source, { signal });
    leased = own;
    const lane = new Lane(together, own);
    await endedBy(signal, own.client, async () => {
      for (let { call } = current; call !== undefined; { call } = current) {
        const observations = await lane.observe(call);
        const following = next();
        if (following === undefined) await own.free();
        call.resolve(together.finish(own, observations));
        current.call = following;
      }
    });
  } catch (error) {
    current.call?.reject(signal.aborted ? signal.reason : reasonOf(error, source));
  } finally {
    if (leased !== undefined) forgetAnswers(leased.client);
    await leased?.end();
  }
}

/** Returns what is reported: a fault of this program remains one. */
function reasonOf(error: unknown, { place }: PostgresSource): unknown {
  try {
    return explainQuery(error, 'cannot look at the source', place);
  } catch (fault) {
    return fault;
  }
}

/** One connection that observes the tables of one pipeline after the other. */
class Lane {
  readonly #together: Together;
  readonly #leased: Leased;
  /** The time at which the shared transaction began; undefined where there is none. */
  #began: number | undefined;
  /** True once something has failed here: the next table may well fail in the same way. */
  #isCareful = false;

  constructor(together: Together, leased: Leased) {
    this.#together = together;
    this.#leased = leased;
  }

  async observe(call: Call): Promise<SourceObservation[]> {
    const { source, alone, begin } = this.#together;
    const { client, host } = this.#leased;
    const { report } = call;
    await this.#share(report);
    return watchLocks({ source, client, host, report }, async () => {
      const shared = () => this.#atSharedMoment(call.requests);
      const seen = await (this.#isCareful ? shared() : risk(client, shared));
      if (seen?.every(({ problems }) => problems.every(({ severity }) => severity !== 'error')) === true)
        return seen;
      this.#isCareful ||= seen === undefined;
      await this.#leave();
      await begin(this.#leased, report);
      return alone(this.#leased, call);
    });
  }

  /** Begins a transaction for many, unless there is one that is recent. */
  async #share(report: Observed['report']): Promise<void> {
    if (this.#began !== undefined && performance.now() - this.#began < longest) return;
    await this.#leave();
    await this.#together.begin(this.#leased, report);
    this.#began = performance.now();
    keepAnswers(this.#leased.client);
    await this.#leased.client.query('savepoint shared');
  }

  async #leave(): Promise<void> {
    const { client } = this.#leased;
    this.#began = undefined;
    forgetAnswers(client);
    if (client.getTransactionStatus() !== 'I') await client.query('rollback');
  }

  /** Observes tables without a cursor, whose moment is that of all others. */
  async #atSharedMoment(requests: readonly SourceRequest[]): Promise<SourceObservation[]> {
    const { client } = this.#leased;
    const { options } = this.#together;
    const identity = await identityOf(client);
    const seen = [];
    for (const { table } of requests) {
      const { observation } = await observeTable(client, table, options);
      // Lets go of its locks, as `lookAt` does.
      await client.query('rollback to savepoint shared');
      seen.push({ ...observation, identity });
    }
    return seen;
  }
}

const identityOf = (client: pg.Client) =>
  onceInTransaction(client, ['the identity of the database'], () => systemOf(client));
