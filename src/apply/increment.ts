import type { AppliedTable } from '../model/world/applied-record.ts';
import { getOwn } from '../model/base/get-own.ts';
import type { Table } from '../model/config/pipeline.ts';
import type { Increment } from '../model/world/watermark.ts';
import type { Job } from './job.ts';
import type { TableReport } from './report.ts';
import { required } from './required.ts';

/** What the plan has fixed, on top of what was read before. */
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

/** Of every table of the extract: what was loaded, or what was there and is changed, or what was carried over. */
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
