import type { AppliedTable } from '../model/world/applied-record.ts';
import { getOwn } from '../model/base/get-own.ts';
import type { Table } from '../model/config/pipeline.ts';
import type { Increment } from '../model/world/watermark.ts';
import type { Job } from './job.ts';
import type { TableReport } from './report.ts';
import { required } from './required.ts';

/** Returns what to read of a table: the bounds that the plan has fixed, above the watermark of the last run. */
export function incrementOf({ plan, horizons }: Job, { name }: Table, last: AppliedTable): Increment {
  const planned = plan.tables.find((table) => table.name === name)?.increment;
  const { after, upTo, from } = required(planned, `increment of ${name}`);
  const horizon = getOwn(horizons, name);
  return {
    watermark: last.watermark ?? { columns: [] },
    ...(horizon && { horizon }),
    ...(after && { after }),
    ...(upTo && { upTo }),
    ...(from !== undefined && { from }),
  };
}

/** Returns the number of rows that each table of the extract must have: loaded, changed in place, or carried over. */
export function expectedRows(
  { seen, pipeline }: Job,
  reports: readonly TableReport[],
): Record<string, number> {
  return Object.fromEntries(
    pipeline.tables.map(({ name }) => {
      const report = reports.find((one) => one.name === name);
      const before = getOwn(seen.record?.tables, name)?.rows ?? 0;
      if (report === undefined) return [name, before];
      const { rows, changed } = report;
      return [name, changed === undefined ? rows : before + changed.inserted - changed.deleted];
    }),
  );
}
