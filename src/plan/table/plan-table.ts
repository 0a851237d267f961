import { getOwn } from '../../model/base/get-own.ts';
import type { Pipeline, Table } from '../../model/config/pipeline.ts';
import type { Observation } from '../../model/world/observation.ts';
import { existingTables } from './existing-tables.ts';
import type { IncrementalContext } from './find-base.ts';
import { planNew, planUnrecorded } from './new-table.ts';
import { wantedTable, type PlannedTable } from './planned-table.ts';
import { planRecorded } from './recorded-table.ts';

/** Plans one table: it was applied before, or is in an extract without a record, or does not exist yet. */
export function planTable(
  pipeline: Pipeline,
  table: Table,
  observation: Observation,
  context: IncrementalContext,
): PlannedTable {
  const wanted = wantedTable(pipeline, table, observation);
  const applied = getOwn(observation.applied?.tables, table.name);
  if (applied !== undefined) return planRecorded(wanted, applied, observation, context);
  const existing = existingTables(pipeline, observation).find(({ name }) => name === table.name);
  return existing === undefined ? planNew(wanted, observation) : planUnrecorded(wanted, existing);
}
