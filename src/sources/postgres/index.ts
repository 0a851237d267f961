import type { PostgresSource } from '../../model/pipeline.ts';
import type { SourcePort } from '../../model/ports.ts';
import { connect } from './connect.ts';
import { observeTable } from './observe.ts';
import { openSnapshot } from './read.ts';

/** PostgreSQL 12 or later: tables, views, partitioned tables and queries, read by COPY under one snapshot. */
export function openPostgres(source: PostgresSource): SourcePort {
  return {
    async observe(requests) {
      const client = await connect(source);
      try {
        const seen = [];
        for (const { table } of requests) seen.push(await observeTable(client, table));
        return seen;
      } finally {
        await client.end();
      }
    },
    snapshot: (tables) => openSnapshot(source, tables),
    close: () => Promise.resolve(),
  };
}
