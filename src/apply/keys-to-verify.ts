import { getOwn } from '../model/base/get-own.ts';
import type { Table } from '../model/config/pipeline.ts';
import type { Job } from './job.ts';
import type { TableReport } from './report.ts';

/** Returns true if the table's key is declared as one that no two rows have. */
export const hasVerifiedKey = ({ primaryKey, verifyKey }: Table) =>
  primaryKey.length > 0 && verifyKey !== false;

/**
 * Tables whose keys must be verified before the extract is finished: those that were read as a whole, those of which
 * rows were added without comparing keys, and those of the last extract of which the record does not say that it was
 * done. Rows that were put in the place of others by their keys keep a verified key as it is.
 */
export function keysToVerify(
  { pipeline, seen }: Pick<Job, 'pipeline' | 'seen'>,
  reports: readonly TableReport[],
): string[] {
  return pipeline.tables
    .filter((table) => {
      if (!hasVerifiedKey(table)) return false;
      const report = reports.find(({ name }) => name === table.name);
      const isCompared = report?.changed !== undefined && table.load.kind !== 'files';
      const isKnown = getOwn(seen.record?.tables, table.name)?.keyVerified === true;
      return !(isKnown && (report === undefined || isCompared));
    })
    .map(({ name }) => name);
}
