import type pg from 'pg';
import { turnstile, type Turnstile } from '../../model/limit.ts';
import type { PostgresSource } from '../../model/pipeline.ts';
import { connect } from './connect.ts';

/** Connections to one server, for all pipelines of a run that read from it. */
export interface Pool {
  /** For somebody who asks, or holds a snapshot. As the other, an idle one if there is any. */
  lead(source: PostgresSource): Promise<Leased>;
  /** For reading at the moment of a snapshot that somebody else holds. */
  read(source: PostgresSource): Promise<Leased>;
  close(): Promise<void>;
}

export interface Leased {
  client: pg.Client;
  /** Gives it back for others to use, without a transaction. */
  free(): Promise<void>;
  /** Ends it. Safe to call after anything. */
  end(): Promise<void>;
}

/**
 * At most `most` connections at once, at least two. Whoever holds a snapshot waits for those who read at it:
 * were they to wait for each other's connections, nobody would go on. So each kind has its own half. `kept`
 * are left open when nobody uses them.
 */
export function openPool(most: number, kept = most): Pool {
  const leaders = turnstile(Math.max(1, Math.ceil(most / 2)));
  const readers = turnstile(Math.max(1, Math.floor(most / 2)));
  const idle: pg.Client[] = [];
  const lease = (client: pg.Client, leave: () => void): Leased => {
    let isOver = false;
    const over = async (call: () => Promise<void>) => {
      if (isOver) return;
      isOver = true;
      await call().finally(leave);
    };
    return {
      client,
      free: () =>
        over(async () => {
          try {
            if (idle.length >= kept) {
              await client.end();
              return;
            }
            await client.query('rollback');
            idle.push(client);
          } catch {
            await client.end();
          }
        }),
      end: () => over(() => client.end()),
    };
  };
  const find = async (source: PostgresSource) => (await alive(idle)) ?? connect(source);
  const open = async (enter: Turnstile, client: () => Promise<pg.Client>) => {
    const leave = await enter();
    try {
      return lease(await client(), leave);
    } catch (error) {
      leave();
      throw error;
    }
  };
  return {
    lead: (source) => open(leaders, () => find(source)),
    read: (source) => open(readers, () => find(source)),
    async close() {
      await Promise.all(idle.splice(0).map((client) => client.end()));
    },
  };
}

/** An idle connection that still answers: servers and what stands before them end some. */
async function alive(idle: pg.Client[]): Promise<pg.Client | undefined> {
  for (let client = idle.pop(); client !== undefined; client = idle.pop()) {
    try {
      await client.query('select');
      return client;
    } catch {
      await client.end();
    }
  }
  return undefined;
}
