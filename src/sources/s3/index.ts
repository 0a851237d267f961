import { withEndpoint } from '../../aws/endpoint.ts';
import type { SourceObservation } from '../../model/world/observation.ts';
import type { S3Source } from '../../model/config/source.ts';
import type { SourcePort } from '../../model/ports/source-port.ts';
import type { FoundObject } from './bucket.ts';
import { openBuckets, type Buckets } from './buckets.ts';
import { columnsFromHeaderFile } from './header-file.ts';
import { listPrefixes } from './folders.ts';
import { listObjects } from './list.ts';
import { guardNotes, observeTable } from './observe.ts';
import { openObjectSnapshot } from './read.ts';
import { limits, processBudget, type Reader } from './reader.ts';
import { patience } from '../../aws/retry.ts';
import { reportingOutages } from '../../aws/waiting.ts';

/**
 * Opens the objects of a bucket, at AWS or any service that speaks S3: CSV, text and Parquet, found by wildcard, many
 * into one table. The objects listed when observing are the ones that are read: a later version of an object is an
 * error, never a mixture.
 */
export function openS3(
  source: S3Source,
  settings: Partial<Pick<Reader, 'patience' | 'limits' | 'budget'>> & { buckets?: Buckets } = {},
): SourcePort {
  const { buckets = openBuckets() } = settings;
  let listed: readonly FoundObject[] | undefined;
  let reached: Promise<S3Source> | undefined;
  /** The last one who asked hears of outages: the others wait for the same service. */
  let report: (line: string) => void = () => undefined;
  const reader = async (): Promise<Reader> => {
    const reachable = await (reached ??= withEndpoint(source));
    return {
      source: reachable,
      bucket: await buckets.open(reachable),
      patience: reportingOutages(settings.patience ?? patience, reachable, (line) => report(line)),
      limits: settings.limits ?? limits,
      budget: settings.budget ?? processBudget,
    };
  };
  return {
    async observe(requests, signal, tell = () => undefined) {
      report = tell;
      const one = await reader();
      const objects = (listed = await listObjects(one, signal, tell));
      const seen: SourceObservation[] = [];
      for (const request of requests) {
        // Noted once, at the first table.
        const notes = seen.length === 0 ? guardNotes(source, objects) : [];
        const observed = await observeTable(one, request, objects, signal);
        seen.push({ ...observed, problems: [...observed.problems, ...notes] });
      }
      return seen;
    },
    async columns(table, signal, tell = () => undefined) {
      report = tell;
      return columnsFromHeaderFile(await reader(), table, signal);
    },
    async folders(question, signal) {
      return listPrefixes(await reader(), question, signal);
    },
    async snapshot(tables, signal, tell = () => undefined) {
      report = tell;
      const one = await reader();
      listed ??= await listObjects(one, signal, () => undefined);
      return openObjectSnapshot(one, tables, listed, signal);
    },
    close: () => buckets.close(),
  };
}
