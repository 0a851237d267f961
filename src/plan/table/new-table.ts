import type { Change } from '../../model/plan/change.ts';
import type { ExtractTable, Observation } from '../../model/world/observation.ts';
import { diffColumns } from './column-changes.ts';
import { existingColumns, storedColumns } from './existing-tables.ts';
import { rowsChange, type PlannedTable, type WantedTable } from './planned-table.ts';
import { columnPlans, typeText } from './table-outline.ts';
import { lateWarning } from './unseen.ts';

/** Plans a table that does not exist yet. */
export function planNew(
  { address, table, definition, commonParts, partsAfterRead, wholeRead }: WantedTable,
  observation: Observation,
): PlannedTable {
  const reason = 'not there yet';
  const columns = definition.columns.map((column): Change => ({
    address: `${address}.${column.name}`,
    subject: 'column',
    act: 'create',
    category: 'create',
    reason,
    after: typeText(column),
  }));
  return {
    plan: { ...commonParts, action: 'create', reason, ...partsAfterRead, ...wholeRead },
    changes: [{ address, subject: 'table', act: 'create', category: 'create', reason }, ...columns],
    findings: lateWarning(table, observation),
  };
}

/** Plans a table that is in the extract and has no record. */
export function planUnrecorded(
  { address, table, definition, commonParts, partsAfterRead, wholeRead }: WantedTable,
  existing: ExtractTable,
): PlannedTable {
  const before = existingColumns(existing, definition.columns);
  const now = storedColumns(table, definition.columns);
  const reason = 'unknown, will read: no record of this extract';
  return {
    plan: {
      ...commonParts,
      columns: columnPlans(before, now),
      action: 'reload',
      reason,
      rowsBefore: existing.rows,
      ...partsAfterRead,
      ...wholeRead,
    },
    changes: [...diffColumns(address, before, now), rowsChange(address, 'reload', reason)],
  };
}
