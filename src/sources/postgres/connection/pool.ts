import type pg from 'pg';
import type { PostgresSource } from '../../../model/config/source.ts';
import type { SnapshotPlace } from '../../../model/ports/source-port.ts';
import { answerInTime, type Patience } from './begin-in-time.ts';
import { fewest, mostLeaders, mostReaders, openBudget, type Use } from './budget.ts';
import { connect } from '../../../postgres/connect.ts';
import { ownConnectionsMayBlock } from '../../../postgres/connect-errors.ts';
import { leaseOf, type Leased } from './lease.ts';
import { OpenConnections } from './open-connections.ts';
import { needsOf, seatsOf, type Seats } from './seats.ts';

/** The connections of a run to PostgreSQL, whatever the source: never more to one server than are allowed. */
export interface Pool {
  /** Leases a connection that asks, or holds a snapshot: an idle one if there is any. */
  lead(source: PostgresSource, how?: LeadOptions): Promise<Leased>;
  /** Leases a connection that reads at the moment of another snapshot, on the server that has it. */
  read(source: PostgresSource, host?: string, signal?: AbortSignal): Promise<Leased>;
  /** The most connections of a source that can read at once. */
  mostReaders(source: PostgresSource): number;
  /**
   * Takes places of leaders for several sources, all at once: two callers who took one after the other could wait for each
   * other's for ever.
   */
  places(sources: readonly PostgresSource[], signal: AbortSignal): Promise<SnapshotPlace[]>;
  /**
   * Returns one of these sources whose server would have to allow more connections for all of them to lead at once, and how
   * many; undefined if all servers allow enough.
   */
  missingPlaces(sources: readonly PostgresSource[]): { source: PostgresSource; needed: number } | undefined;
  close(): Promise<void>;
}

export interface LeadOptions {
  signal?: AbortSignal;
  /** One of `places`; the connection gives it back. */
  place?: SnapshotPlace | undefined;
}

/** Milliseconds, as for locks. */
const usualPatience = 60_000;

/** Opens a pool of at most `most` connections at once to each server. `kept` of them are left open while idle. */
export function openPool(most: number, kept = most, limit = usualPatience): Pool {
  const all = Math.max(fewest, most);
  const budget = openBudget();
  const open = new OpenConnections(all, kept);
  const { seatsFor, patienceFor } = memory(limit, open);
  const enter = async (use: Use, needs: ReturnType<typeof needsOf>, signal?: AbortSignal) => {
    const leave = await budget.take(use, needs, signal);
    return () => leave(needs.map(({ room }) => room));
  };
  const leaseIn = async (leave: () => void, source: PostgresSource, host?: string): Promise<Leased> => {
    const own = seatsFor(source);
    const patience = patienceFor(own);
    const answers = (client: pg.Client) =>
      answerInTime(patience, { client, place: source.place, report: undefined }, async () => {
        await client.query('select');
      });
    try {
      const connected =
        (await open.takeIdle(own, host, answers)) ??
        (await open
          .add(own, host, () => connect(source, host))
          .catch((error: unknown) => {
            throw open.hasLent(own.rooms) ? ownConnectionsMayBlock(error) : error;
          }));
      return leaseOf(open.lend(own, connected), { patience, place: source.place, leave });
    } catch (error) {
      leave();
      throw error;
    }
  };
  return {
    async lead(source, { place, signal } = {}) {
      const leave = place ?? { leave: await enter('lead', needsOf([seatsFor(source)], all), signal) };
      return leaseIn(() => leave.leave(), source);
    },
    async read(source, host, signal) {
      const needs = needsOf([seatsFor(source).at(host)], all);
      return leaseIn(await enter('read', needs, signal), source, host);
    },
    mostReaders: (source) =>
      Math.min(...needsOf([seatsFor(source)], all).map(({ most: allowed }) => mostReaders(allowed))),
    async places(sources, signal) {
      const each = sources.map(seatsFor);
      const leave = await budget.take('lead', needsOf(each, all), signal);
      return each.map((one) => ({ leave: () => leave(needsOf([one], all).map(({ room }) => room)) }));
    },
    missingPlaces(sources) {
      const needs = needsOf(sources.map(seatsFor), all);
      const crowded = needs.find(({ count, most: allowed }) => count > mostLeaders(allowed));
      const source = sources.find((one) => crowded && seatsFor(one).rooms.includes(crowded.room));
      return crowded && source && { source, needed: crowded.count + 1 };
    },
    close: () => open.endIdle(),
  };
}

/** Remembers what is the same for all connections of a source. */
function memory(limit: number, open: OpenConnections) {
  const seats = new WeakMap<PostgresSource, Seats>();
  const patiences = new Map<string, Patience>();
  return {
    seatsFor: (source: PostgresSource): Seats => {
      const found = seats.get(source) ?? seatsOf(source);
      seats.set(source, found);
      return found;
    },
    patienceFor: ({ key, rooms }: Seats): Patience => {
      const spare = () => open.endIdle(rooms);
      const found = patiences.get(key) ?? { working: new Set<pg.Client>(), limit, spare };
      patiences.set(key, found);
      return found;
    },
  };
}
