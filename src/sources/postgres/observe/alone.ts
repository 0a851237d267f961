import type pg from 'pg';
import type { SourceRequest } from '../../../model/ports/source-port.ts';
import type { SourceObservation } from '../../../model/world/observation.ts';
import type { Leased } from '../connection/lease.ts';
import { lookAt } from '../connection/transaction.ts';
import { observeCursor } from '../incremental/beyond-watermark.ts';
import { systemOf } from '../incremental/late.ts';
import { observeTable, type ObserveOptions, type Seen } from './table.ts';
import type { Observed } from './together.ts';

interface Alone {
  begin: (leased: Leased, report: Observed['report']) => Promise<void>;
  options: ObserveOptions;
}

/** Observes tables in a transaction that has begun; another one begins where cursors must be seen later. */
export async function observeAlone(
  leased: Leased,
  { requests, report }: Observed,
  { begin, options }: Alone,
): Promise<SourceObservation[]> {
  const { client } = leased;
  const seen = [];
  for (const { table } of requests)
    seen.push(await lookAt(client, () => observeTable(client, table, options)));
  if (seen.some(({ agreement }) => agreement.cursor !== undefined)) {
    await client.query('rollback');
    await begin(leased, report);
  }
  const identity = await lookAt(client, () => systemOf(client));
  const observations = [];
  for (const [index, request] of requests.entries()) {
    const one = seen[index];
    if (one === undefined) continue;
    const observation = await lookAt(client, () => withCursor(client, request, one));
    observations.push({ ...observation, identity });
  }
  return observations;
}

async function withCursor(
  client: pg.Client,
  request: SourceRequest,
  { observation, agreement }: Seen,
): Promise<SourceObservation> {
  const { cursor, selection } = agreement;
  if (cursor === undefined || selection === undefined) return observation;
  const agreed = { ...agreement, selection };
  const { fingerprint } = observation;
  const found = await observeCursor(client, { request, agreed, cursor, fingerprint });
  return { ...observation, problems: [...observation.problems, ...found.problems], cursor: found.cursor };
}
