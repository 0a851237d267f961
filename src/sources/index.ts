import type { PostgresSource, Source } from '../model/config/source.ts';
import type { SnapshotPlaces } from '../model/ports/source-port.ts';
import type { SourcePort } from '../model/ports/source-port.ts';
import { limitConcurrency } from '../model/base/limit.ts';
import { proxyFor, type Variables } from '../model/base/proxy.ts';
import { patience } from '../aws/retry.ts';
import { listFolders } from './file/folders.ts';
import { openFiles } from './file/index.ts';
import { openPostgres } from './postgres/index.ts';
import { openPool } from './postgres/connection/pool.ts';
import { snapshotPlaces } from './postgres/places.ts';
import { openBuckets } from './s3/buckets.ts';
import { openS3 } from './s3/index.ts';

/** The sources of a run. What several of them share (connections to one server) is opened once and closed here. */
export interface Sources {
  /** Sources that are written in one place and equal, as those of the items of a family, are one port. */
  open(source: Source): SourcePort;
  foldersIn: typeof listFolders;
  places: SnapshotPlaces;
  close(): Promise<void>;
}

export interface SourcesSettings {
  /** The most connections to one server at once. */
  connections: number;
  /** The most connections to PostgreSQL that observe tables at once. */
  parallel?: number;
  /** The variables that hold HTTPS_PROXY and NO_PROXY. */
  variables?: Variables;
  /** Rows are counted where an estimate is above this: it decides whether a table may be read. */
  countAbove?: number | undefined;
  /** Milliseconds until a bucket that does not work is given up. */
  outage?: number | undefined;
}

export function openSources({
  connections,
  parallel = 1,
  variables = {},
  countAbove,
  outage,
}: SourcesSettings): Sources {
  const ports = new Map<string, SourcePort>();
  const databases = new Map<SourcePort, PostgresSource>();
  const pool = openPool(connections);
  const lanes = { most: parallel, turn: limitConcurrency(parallel) };
  const buckets = openBuckets((url) => proxyFor(url, variables));
  const kinds = {
    postgres: (source) => {
      const port = openPostgres(source, pool, { countAbove, lanes });
      databases.set(port, source);
      return port;
    },
    file: openFiles,
    s3: (source) =>
      openS3(source, { buckets, ...(outage !== undefined && { patience: { ...patience, outage } }) }),
  } satisfies { [Kind in Source['type']]: (source: Extract<Source, { type: Kind }>) => SourcePort };
  const open = (source: Source): SourcePort => {
    switch (source.type) {
      case 'postgres':
        return kinds.postgres(source);
      case 'file':
        return kinds.file(source);
      case 's3':
        return kinds.s3(source);
    }
  };
  return {
    foldersIn: listFolders,
    places: snapshotPlaces(pool, (port) => databases.get(port), connections),
    open(source) {
      const key = JSON.stringify(source);
      const port = ports.get(key) ?? open(source);
      ports.set(key, port);
      return port;
    },
    async close() {
      await Promise.all([pool.close(), ...[...ports.values()].map((port) => port.close())]);
    },
  };
}
