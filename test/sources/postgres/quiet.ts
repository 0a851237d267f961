import pg from 'pg';
import { startPostgres } from '../../support/postgres.ts';

/** A database on a server of its own: transactions of others would keep rows from being old. */
export interface QuietDatabase {
  url: string;
  client: pg.Client;
  /** Runs statements, and makes the counters of rows show them: by itself that takes up to a second. */
  write(sql: string): Promise<void>;
  close(): Promise<void>;
}

export async function quietDatabase(): Promise<QuietDatabase> {
  const server = await startPostgres({ settings: { autovacuum: 'off' } });
  const { url } = await server.createDatabase();
  const client = new pg.Client(url);
  await client.connect();
  return {
    url,
    client,
    async write(sql) {
      await client.query(sql);
      await client.query('select pg_stat_force_next_flush()');
    },
    async close() {
      await client.end();
      await server.close();
    },
  };
}
