import type pg from 'pg';
import type { PostgresSource } from '../../model/pipeline.ts';
import type { SourcePort } from '../../model/ports.ts';
import { connect } from './connect.ts';
import { explainQuery } from './errors.ts';
import { queryItems } from './items.ts';
import { observeTable } from './observe.ts';
import { openSnapshot } from './read.ts';
import { beginRead } from './transaction.ts';

/** PostgreSQL 12 or later: tables, views, partitioned tables and queries, read by COPY under one snapshot. */
export function openPostgres(source: PostgresSource): SourcePort {
  /** What is asked here is answered at once; only a server that hangs is left waiting on. */
  const ask = async <T>(signal: AbortSignal, call: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = await connect(source);
    const stop = () => client.connection.stream.destroy();
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      await beginRead(client).catch((error: unknown) => {
        throw explainQuery(error, 'cannot begin to read', source.place);
      });
      return await call(client);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      await client.end();
    }
  };
  return {
    observe: (requests, signal) =>
      ask(signal, async (client) => {
        const seen = [];
        for (const { table } of requests) seen.push(await observeTable(client, table));
        return seen;
      }),
    items: (question, signal) => ask(signal, (client) => queryItems(client, question)),
    snapshot: (tables, signal) => openSnapshot(source, tables, signal),
    close: () => Promise.resolve(),
  };
}
