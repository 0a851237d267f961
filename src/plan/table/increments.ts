import { getOwn } from '../../model/base/get-own.ts';
import type { IncrementalLoad } from '../../model/config/load-mode.ts';
import type { Table } from '../../model/config/pipeline.ts';
import type { AppliedTable } from '../../model/world/applied-record.ts';
import type { Observation } from '../../model/world/observation.ts';
import { planByFile } from './by-file.ts';
import { compareSource } from './compared-source.ts';
import { existingTable } from './existing-tables.ts';
import type { IncrementalContext } from './find-base.ts';
import { whole, type IncrementalDecision } from './incremental-decision.ts';
import { disagreementOf, hasSameMarks, hasOnlyOldRows, reasonToRead } from './since-watermark.ts';

/** Returns the plan of a table in which only rows differ, or undefined if the table is always read as a whole. */
export function continueFrom(
  table: Table,
  applied: AppliedTable,
  observation: Observation,
  { base, full }: IncrementalContext,
): IncrementalDecision | undefined {
  const { load, name } = table;
  if (load.kind === 'full' || full) return undefined;
  if (observation.refresh?.includes(name) === true)
    return whole(`full_refresh: all rows were read more than ${load.refresh?.every.shown ?? ''} ago`);
  const decision = decideIncrement(table, load, applied, observation);
  if (decision.kind === 'whole') return whole(`${decision.reason}: all rows will be read`);
  return decision.kind === 'increment' && base !== undefined && 'unavailable' in base
    ? whole(`${decision.reason}; all rows will be read: ${base.unavailable}`)
    : decision;
}

function decideIncrement(
  table: Table,
  load: IncrementalLoad,
  applied: AppliedTable,
  observation: Observation,
): IncrementalDecision {
  const seen = getOwn(observation.tables, table.name);
  if (seen === undefined) return whole('not observed');
  const comparison = compareSource(seen, applied);
  if (comparison.replaced !== undefined) return whole(comparison.replaced);
  if (load.kind === 'files') return planByFile(load, seen, applied, comparison);
  const { watermark } = applied;
  if (watermark === undefined) return whole('how far it was read is not known');
  const disagreement = disagreementOf(table, watermark, observation);
  if (disagreement !== undefined) return whole(disagreement);
  const since = seen.cursor?.since;
  if (hasOnlyOldRows(table, load, since, comparison)) return { kind: 'unchanged' };
  if (since !== undefined && 'broken' in since) return whole(since.broken);
  if (comparison.same === true && (since === undefined || hasSameMarks(watermark, since)))
    return { kind: 'unchanged' };
  if (since === undefined) return whole('the new rows could not be determined');
  const reason = reasonToRead(load, since, comparison, {
    watermark,
    atHighest: existingTable(table, observation)?.atHighest,
  });
  if (reason === undefined) return { kind: 'unchanged' };
  const { upTo, from } = seen.cursor ?? {};
  return {
    kind: 'increment',
    reason,
    increment: {
      mode: load.kind === 'window' ? 'replace_window' : load.mode,
      columns: watermark.columns,
      ...(load.kind === 'window' && from !== undefined && { from }),
      ...(load.kind === 'cursor' && since.after !== undefined && { after: since.after }),
      ...(load.kind === 'cursor' && upTo !== undefined && { upTo }),
      rows: { value: since.rows, exact: true },
      ...(since.late > 0 && { late: since.late }),
    },
  };
}
