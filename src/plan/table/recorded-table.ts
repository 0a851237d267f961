import type { Table } from '../../model/config/pipeline.ts';
import type { Change } from '../../model/plan/change.ts';
import type { TablePlan } from '../../model/plan/table-plan.ts';
import type { AppliedTable } from '../../model/world/applied-record.ts';
import type { Observation } from '../../model/world/observation.ts';
import { diffColumns } from './column-changes.ts';
import { compareFingerprints } from './compare-fingerprints.ts';
import type { IncrementalContext } from './find-base.ts';
import { grown, grownBy } from './growth.ts';
import { whole, type IncrementalDecision } from './incremental-decision.ts';
import { continueFrom } from './increments.ts';
import { rowsChange, type PlannedTable, type WantedTable } from './planned-table.ts';
import { diffSettings } from './setting-changes.ts';
import { lateWarning, unseenFindings, unseenOf } from './unseen.ts';

/** Plans a table that was applied before: finds its differences, decides about its rows, and assembles the plan. */
export function planRecorded(
  wanted: WantedTable,
  applied: AppliedTable,
  observation: Observation,
  context: IncrementalContext,
): PlannedTable {
  const { address, table, definition } = wanted;
  const differences = [
    ...diffColumns(address, applied.definition.columns, definition.columns),
    ...diffSettings(address, applied.definition.rest, definition.rest),
  ];
  const isReshaped = canReshape(context, table, differences);
  const mustRead = differences.length > 0 && !isReshaped;
  const rows = isSkipped(wanted, context)
    ? ({ kind: 'unchanged' } as const)
    : ((mustRead ? undefined : continueFrom(table, applied, observation, context)) ??
      compareRows(wanted, applied, context));
  switch (rows.kind) {
    case 'increment':
      return planIncrement(wanted, applied, observation, { ...rows, differences });
    case 'whole':
      return planReload(wanted, applied, observation, [
        ...differences,
        rowsChange(address, 'reload', rows.reason),
      ]);
    case 'unchanged':
      return mustRead
        ? planReload(wanted, applied, observation, differences)
        : planCarriedOver(wanted, applied, observation, { differences, isReshaped });
  }
}

/** Returns true if the table differs in columns only, and only in ways that can be applied in a copy of the extract. */
function canReshape({ base }: IncrementalContext, { name }: Table, changes: readonly Change[]): boolean {
  if (base === undefined || 'unavailable' in base) return false;
  const isWanted = base.plan.reshaped?.some(({ table }) => table === name) ?? false;
  return isWanted && changes.every(({ subject, act }) => subject === 'column' && act === 'remove');
}

/**
 * Returns true if the rows are left as they are. Those of an unreadable table are unknown: the error says why, and the
 * other changes are what would be applied.
 */
function isSkipped({ table, seen }: WantedTable, { skippedTables }: IncrementalContext): boolean {
  const isUnreadable = seen?.problems.some(({ severity }) => severity === 'error') === true;
  return isUnreadable || skippedTables?.has(table.name) === true;
}

/** Decides about the rows of a table that is read as a whole or not at all. */
function compareRows(
  { seen }: WantedTable,
  applied: AppliedTable,
  { full }: IncrementalContext,
): Exclude<IncrementalDecision, { kind: 'increment' }> {
  if (full) return whole('all rows were asked for with --full');
  if (seen === undefined) return whole('not observed');
  if (seen.fingerprint.kind === 'unknown') return whole(`unknown, will read: ${seen.fingerprint.reason}`);
  if (applied.fingerprint === undefined)
    return whole('unknown, will read: nothing to compare with was kept last time');
  const comparison = compareFingerprints(applied.fingerprint, seen.fingerprint);
  return comparison.same ? { kind: 'unchanged' } : whole(comparison.reason);
}

function planIncrement(
  { address, table, definition, seen, commonParts, partsAfterRead }: WantedTable,
  applied: AppliedTable,
  observation: Observation,
  decided: IncrementalDecision & { kind: 'increment' } & { differences: readonly Change[] },
): PlannedTable {
  const { reason, increment, differences } = decided;
  const unseen = unseenOf(table, applied, observation);
  return {
    plan: {
      ...commonParts,
      action: 'change',
      reason,
      ...sizeBefore(applied),
      ...partsAfterRead,
      ...grownBy(increment, applied, seen, grown(seen, applied, definition)),
      ...(unseen && { unseen }),
    },
    changes: [...differences, rowsChange(address, 'change', reason)],
    findings: [...unseenFindings(table, unseen), ...lateWarning(table, observation)],
  };
}

function planReload(
  { table, commonParts, partsAfterRead, wholeRead }: WantedTable,
  applied: AppliedTable,
  observation: Observation,
  changes: readonly Change[],
): PlannedTable {
  const reason = changes.at(-1)?.reason ?? '';
  return {
    plan: {
      ...commonParts,
      action: 'reload',
      reason,
      ...sizeBefore(applied),
      ...partsAfterRead,
      ...wholeRead,
    },
    changes,
    findings: lateWarning(table, observation),
  };
}

/** Plans a table whose rows stay; it is read again only if other tables of the pipeline are. */
function planCarriedOver(
  { table, commonParts, partsAfterRead, wholeRead }: WantedTable,
  applied: AppliedTable,
  observation: Observation,
  { differences, isReshaped }: { differences: readonly Change[]; isReshaped: boolean },
): PlannedTable {
  const unseen = unseenOf(table, applied, observation);
  const { bytesAfter, columnsFrom } = partsAfterRead;
  return {
    plan: {
      ...commonParts,
      ...(isReshaped
        ? { action: 'reshape', reason: 'its columns are changed in a copy: no row is read' }
        : { action: 'unchanged', reason: 'unchanged' }),
      ...sizeBefore(applied),
      rowsAfter: { value: applied.rows, exact: false },
      ...(bytesAfter && { bytesAfter }),
      ...(columnsFrom && { columnsFrom }),
      ...wholeRead,
      ...(unseen && { unseen }),
    },
    changes: differences,
    findings: [...unseenFindings(table, unseen), ...lateWarning(table, observation)],
  };
}

function sizeBefore({ rows, bytes }: AppliedTable): Pick<TablePlan, 'rowsBefore' | 'bytesBefore'> {
  return { rowsBefore: rows, bytesBefore: bytes };
}
