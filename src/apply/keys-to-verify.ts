import { getOwn } from '../model/base/get-own.ts';
import type { Table } from '../model/config/pipeline.ts';
import type { Job } from './job.ts';
import type { TableReport } from './report.ts';

/** Returns true if the table has a key that must be unique. */
export const hasVerifiedKey = ({ primaryKey, verifyKey }: Table) =>
  primaryKey.length > 0 && verifyKey !== false;

/**
 * Returns the tables whose keys must be verified before the extract is finished: tables that were read as a whole, tables
 * that got rows without a comparison of keys, and tables carried over whose record does not say that the key was verified.
 * Rows that replace others by their keys leave a verified key as it is.
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
