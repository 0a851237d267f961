import type pg from 'pg';
import type { PostgresSource } from '../../../model/config/source.ts';
import { endedBy } from '../../../postgres/cancel.ts';
import { explainQuery } from '../connection/errors.ts';
import { openPool } from '../connection/pool.ts';

/** The server that answered, as it describes itself. */
export interface ServerFacts {
  database: string;
  /** `127.0.0.1:5432`. */
  host: string;
  role: string;
  /** `15`, or `9.6`. */
  version: string;
  tls: boolean;
  /** The schemas of the search path that exist. */
  schemas: readonly string[];
}

/** A session in which the catalog is asked. */
export type ListingClient = pg.Client;

/** Asks a server about its tables, in one read-only transaction. A signal ends it within two seconds. */
export async function withListing<T>(
  source: PostgresSource,
  signal: AbortSignal,
  call: (client: pg.Client, server: ServerFacts) => Promise<T>,
): Promise<T> {
  const pool = openPool(2, 0);
  const leased = await pool.lead(source);
  const { client, host } = leased;
  try {
    return await endedBy(signal, client, async () => {
      await leased.begin();
      return call(client, { ...(await factsOf(client)), host });
    });
  } catch (error) {
    signal.throwIfAborted();
    throw explainQuery(error, 'cannot look at the database', source.place);
  } finally {
    await leased.end();
    await pool.close();
  }
}

async function factsOf(client: pg.Client): Promise<Omit<ServerFacts, 'host'>> {
  const { rows } = await client.query<Omit<ServerFacts, 'host'>>(
    `select current_database() as database, current_user as role,
            split_part(current_setting('server_version'), '.', 1) as version,
            coalesce((select ssl from pg_catalog.pg_stat_ssl where pid = pg_backend_pid()), false) as tls,
            current_schemas(false)::pg_catalog.text[] as schemas`,
  );
  const [facts] = rows;
  if (facts === undefined) throw new Error('the server described itself in no row');
  return facts;
}
