import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { PostgresSource } from '../../model/config/source.ts';
import type { SourceObservation } from '../../model/world/observation.ts';
import type { SourcePort } from '../../model/ports/source-port.ts';
import { limitConcurrency } from '../../model/base/limit.ts';
import { perSignal } from '../../model/base/per-signal.ts';
import { endedBy } from '../../postgres/cancel.ts';
import { describeConnection } from './connection/describe-connection.ts';
import { explainQuery } from './connection/errors.ts';
import { queryItems } from './observe/items.ts';
import { observeAlone } from './observe/alone.ts';
import type { ObserveOptions } from './observe/table.ts';
import { observeTogether, type Lanes, type Observed } from './observe/together.ts';
import type { Leased } from './connection/lease.ts';
import { openPool } from './connection/pool.ts';
import { openSnapshot } from './read/snapshot.ts';
import { oldVersionWarning } from './connection/old-version.ts';
import { watchLocks } from './connection/lock-waits.ts';

/** The number of connections of a port that has them to itself. */
const usualConnections = 10;

export interface PostgresOptions extends ObserveOptions {
  lanes?: Lanes;
}

/** PostgreSQL 12 or later: tables, views, partitioned tables and queries, read by COPY under one snapshot. */
export function openPostgres(
  source: PostgresSource,
  pool = openPool(usualConnections, 0),
  { lanes = { most: 1, turn: limitConcurrency(1) }, ...given }: PostgresOptions = {},
): SourcePort {
  const options = { ...given, readers: () => pool.mostReaders(source) };
  const begin = (leased: Leased, report?: (text: string) => void) =>
    leased.begin({ report }).catch((error: unknown) => {
      throw explainQuery(error, 'cannot begin to read', source.place);
    });
  /** Sends a query that is answered at once; only a server that hangs makes it wait. */
  const ask = async <T>(
    signal: AbortSignal,
    report: ((text: string) => void) | undefined,
    call: (leased: Leased) => Promise<T>,
  ): Promise<T> => {
    const leased = await pool.lead(source, { signal });
    const { client, host } = leased;
    try {
      return await endedBy(signal, client, async () => {
        await begin(leased, report);
        const answer = await watchLocks({ source, client, host, report }, () => call(leased));
        await leased.free();
        return answer;
      });
    } catch (error) {
      signal.throwIfAborted();
      throw explainQuery(error, 'cannot look at the source', source.place);
    } finally {
      await leased.end();
    }
  };
  const alone = (leased: Leased, observed: Observed) => observeAlone(leased, observed, { begin, options });
  const versionWarning = (leased: Leased, observations: readonly SourceObservation[]) =>
    withVersion(observations, oldVersionWarning(leased.client, source.place));
  const together = perSignal((signal) =>
    observeTogether({ lanes, source, pool, options, signal, begin, alone, finish: versionWarning }),
  );
  return {
    gathers: true,
    observe: (requests, signal, report) =>
      requests.every(({ table }) => table.load.kind === 'full')
        ? together(signal)({ requests, report })
        : ask(signal, report, async (leased) =>
            versionWarning(leased, await alone(leased, { requests, report })),
          ),
    describe: (signal) =>
      ask(signal, undefined, ({ client, host }) => describeConnection(client, host, source)),
    items: (question, signal) => ask(signal, undefined, ({ client }) => queryItems(client, question)),
    snapshot: (tables, signal, report, place) =>
      openSnapshot({ source, pool, report, place }, tables, signal),
    close: () => pool.close(),
  };
}

/** Adds a remark about the server, reported once: with the first of its tables. */
function withVersion(
  [first, ...others]: readonly SourceObservation[],
  warning: readonly Diagnostic[],
): SourceObservation[] {
  return first === undefined ? [] : [{ ...first, problems: [...warning, ...first.problems] }, ...others];
}
