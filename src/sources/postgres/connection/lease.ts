import type pg from 'pg';
import type { Place } from '../../../model/errors/diagnostic.ts';
import { beginInTime, type Patience } from './begin-in-time.ts';
import type { Lent } from './open-connections.ts';
import { beginRead } from './transaction.ts';

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

export interface LeaseTerms {
  patience: Patience;
  /** The place of the source. */
  place: Place;
  /** Called when the connection is back or ended. */
  leave: () => void;
}

export function leaseOf(lent: Lent, { patience, place, leave }: LeaseTerms): Leased {
  const { client, host } = lent;
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
      await beginInTime(patience, { client, place, report }, () => beginRead(client, snapshot));
    },
    hold: () => void patience.working.delete(client),
    free: () =>
      over(async () => {
        try {
          // Outside of a transaction the server would write a warning into its log.
          if (client.getTransactionStatus() !== 'I') await client.query('rollback');
        } catch {
          await lent.end();
          return;
        }
        await lent.keep();
      }),
    end: () => over(() => lent.end()),
  };
}
