import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Superuser's address of the server that the whole run shares; see `freshDatabase`. */
    postgresUrl?: string;
  }
}

/** For `globalSetup` of vitest: one PostgreSQL for the whole run, since a server takes a second to start. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Autovacuum would collect statistics at a moment that no test knows, and plans would show them.
  const server = await startPostgres({ settings: { autovacuum: 'off' } });
  project.provide('postgresUrl', server.url);
  return server.close;
}
