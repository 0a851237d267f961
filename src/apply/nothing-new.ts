import type { AppliedRecord } from '../model/world/applied-record.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { BuiltExtract } from '../model/ports/extract-port.ts';
import type { Job } from './job.ts';
import { keysToVerify } from './keys-to-verify.ts';
import type { TableReport } from './report.ts';

/**
 * Returns true if every table that was read came out with the rows that it had, and nothing is left to be verified of them:
 * the last extract is the wanted one.
 */
export function isNothingNew(job: Pick<Job, 'pipeline' | 'seen'>, tables: readonly TableReport[]): boolean {
  const isSame = tables.every(({ changed }) => changed?.inserted === 0 && changed.deleted === 0);
  return isSame && keysToVerify(job, tables).length === 0;
}

/** Returns the staged extract as the record describes it, for a run in which no row has changed. */
export function unchangedExtract(
  { extract }: Pick<Pipeline, 'extract'>,
  record: AppliedRecord,
): BuiltExtract {
  const { size, modified } = record.extract;
  const tables = Object.entries(record.tables);
  const highest = tables.flatMap(([name, { watermark }]) =>
    watermark?.inExtract === undefined ? [] : [[name, watermark.inExtract] as const],
  );
  return {
    path: extract.file,
    size,
    modified,
    rows: Object.fromEntries(tables.map(([name, { rows }]) => [name, rows])),
    highest: Object.fromEntries(highest),
  };
}
