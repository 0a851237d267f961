import type { PostgresSource } from '../../model/config/source.ts';
import { RunError } from '../../model/errors/run-error.ts';
import type { SnapshotPlaces } from '../../model/ports/source-port.ts';
import type { SourcePort } from '../../model/ports/source-port.ts';
import type { Pool } from './connection/pool.ts';

/** Returns the places of ports to PostgreSQL. `sourceOf` returns undefined for other ports, which need none. */
export function snapshotPlaces(
  pool: Pool,
  sourceOf: (port: SourcePort) => PostgresSource | undefined,
  connections: number,
): SnapshotPlaces {
  const databasesAmong = (ports: readonly SourcePort[]) =>
    ports.flatMap((port) => {
      const source = sourceOf(port);
      return source === undefined ? [] : [{ port, source }];
    });
  return {
    confirm(ports) {
      const missing = pool.missingPlaces(databasesAmong(ports).map(({ source }) => source));
      if (missing === undefined) return;
      const { source, needed } = missing;
      throw new RunError(
        'EXT2026',
        `this pipeline reads from ${needed - 1} databases of one PostgreSQL server at once, and limits.connections is ${connections}`,
        {
          hint: `each database takes a connection for its moment, and one more reads: in extracts.yaml, limits: {connections: ${needed}} or more; or make several pipelines of it`,
          place: source.place,
        },
      );
    },
    async take(ports, signal) {
      const all = databasesAmong(ports);
      const places = await pool.places(
        all.map(({ source }) => source),
        signal,
      );
      return new Map(
        all.flatMap(({ port }, index) => {
          const place = places[index];
          return place === undefined ? [] : [[port, place] as const];
        }),
      );
    },
  };
}
