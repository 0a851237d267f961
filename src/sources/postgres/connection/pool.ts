import type pg from 'pg';
import { semaphore, type Semaphore } from '../../../model/base/limit.ts';
import type { PostgresSource } from '../../../model/config/source.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { connect, type Connected } from '../../../postgres/connect.ts';
import { ownConnectionsMayBlock } from '../../../postgres/connect-errors.ts';
import { answerInTime, beginInTime, type Patience } from './begin-in-time.ts';
import { beginRead } from './transaction.ts';

/** Connections to one server, for all pipelines of a run that read from it. */
export interface Pool {
  /** Leases a connection that asks, or holds a snapshot: an idle one if there is any. */
  lead(source: PostgresSource): Promise<Leased>;
  /** Leases a connection that reads at the moment of another snapshot, on the server that has it. */
  read(source: PostgresSource, host?: string): Promise<Leased>;
  close(): Promise<void>;
}

export interface Leased {
  client: pg.Client;
  /** The host among several that the source names: `db1:5432`. */
  host: string;
  /** Begins a read-only transaction, at its own moment or that of a snapshot. */
  begin(options?: { snapshot?: string; report?: ((text: string) => void) | undefined }): Promise<void>;
  /** Marks the connection as waiting for the readers at its snapshot. */
  hold(): void;
  /** Gives it back for others to use, without a transaction. */
  free(): Promise<void>;
  /** Ends it. Safe to call after anything. */
  end(): Promise<void>;
}

/** Milliseconds, as for locks. */
const usualPatience = 60_000;

/**
 * Opens a pool of at most `most` connections at once, at least two. The holder of a snapshot waits for the readers at
 * it: were they to wait for each other's connections, none would continue. So each kind has its own half. `kept` of
 * them are left open while idle.
 */
export function openPool(most: number, kept = most, limit = usualPatience): Pool {
  const leaders = semaphore(Math.max(1, Math.ceil(most / 2)));
  const readers = semaphore(Math.max(1, Math.floor(most / 2)));
  const idle: Connected[] = [];
  const spare = async () => {
    await Promise.all(idle.splice(0).map(({ client }) => client.end()));
  };
  const patience = { working: new Set<pg.Client>(), limit, spare };
  const lease = leasing({ idle, kept, patience });
  let lent = 0;
  const answers = (client: pg.Client, { place }: PostgresSource) =>
    answerInTime(patience, { client, place, report: undefined }, async () => {
      await client.query('select');
    });
  const open = async (enter: Semaphore, source: PostgresSource, host?: string) => {
    const leave = await enter();
    try {
      const kept = await alive(idle, host, (client) => answers(client, source));
      const connected =
        kept ??
        (await connect(source, host).catch((error: unknown) => {
          throw lent > 0 ? ownConnectionsMayBlock(error) : error;
        }));
      lent++;
      return lease(connected, source, () => {
        lent--;
        leave();
      });
    } catch (error) {
      leave();
      throw error;
    }
  };
  return {
    lead: (source) => open(leaders, source),
    read: (source, host) => open(readers, source, host),
    close: spare,
  };
}

/** Returns a function that lends a connection, and takes it back as idle or ends it. */
function leasing({
  idle,
  kept,
  patience,
}: {
  idle: Connected[];
  kept: number;
  patience: Patience;
}): (connected: Connected, source: PostgresSource, leave: () => void) => Leased {
  return (connected, source, leave) => {
    const { client, host } = connected;
    let isOver = false;
    const over = async (call: () => Promise<void>) => {
      if (isOver) return;
      isOver = true;
      patience.working.delete(client);
      await call().finally(leave);
    };
    return {
      client,
      host,
      async begin({ snapshot, report } = {}) {
        await beginInTime(patience, { client, place: source.place, report }, () =>
          beginRead(client, snapshot),
        );
      },
      hold: () => void patience.working.delete(client),
      free: () =>
        over(async () => {
          try {
            if (idle.length >= kept) {
              await client.end();
              return;
            }
            // Outside of a transaction the server would write a warning into its log.
            if (client.getTransactionStatus() !== 'I') await client.query('rollback');
            idle.push(connected);
          } catch {
            await client.end();
          }
        }),
      end: () => over(() => client.end()),
    };
  };
}

/** Returns an idle connection that still answers, if any: servers and what is in front of them end some. */
async function alive(
  idle: Connected[],
  host: string | undefined,
  answers: (client: pg.Client) => Promise<void>,
): Promise<Connected | undefined> {
  for (;;) {
    const index = idle.findLastIndex((one) => host === undefined || one.host === host);
    const [found] = index < 0 ? [] : idle.splice(index, 1);
    if (found === undefined) return undefined;
    try {
      await answers(found.client);
      return found;
    } catch (error) {
      await found.client.end();
      if (error instanceof RunError) throw error;
    }
  }
}
