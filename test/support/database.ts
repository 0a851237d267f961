import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import type {} from './global-postgres.ts';
import { createDatabase, runStatement } from './postgres.ts';

export interface FreshDatabase {
  /** Superuser's address of this database. */
  url: string;
  /** A connection to it, for the test's own statements. */
  client: pg.Client;
  /** Ends `client` and drops the database, even while other clients are connected. */
  close: () => Promise<void>;
}

/** Creates a separate empty database, on the server that vitest starts for the whole run. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = inject('postgresUrl');
  // Without an address pg would turn to the developer's own server.
  if (server === undefined) throw new Error('vitest.config.ts must name global-postgres.ts in globalSetup');
  const { url, name } = await createDatabase(server);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    url,
    client,
    close: async () => {
      await client.end();
      const quoted = pg.escapeIdentifier(name);
      await runStatement(server, (major) =>
        major < 13 ? `drop database ${quoted}` : `drop database ${quoted} with (force)`,
      );
    },
  };
}

/** Creates a database for one test: it is dropped when the test has ended. */
export async function testDatabase(): Promise<Omit<FreshDatabase, 'close'>> {
  const { close, ...database } = await freshDatabase();
  onTestFinished(close);
  return database;
}
