import type { AppliedTable, TableDefinition } from '../../model/world/applied-record.ts';
import type { Estimate, Observation, SourceObservation } from '../../model/world/observation.ts';
import { formatColumnType } from '../../model/config/column-type.ts';
import type { Pipeline, Table } from '../../model/config/pipeline.ts';
import type { Source } from '../../model/config/source.ts';
import type { Change } from '../../model/plan/change.ts';
import type { ColumnPlan, TablePlan } from '../../model/plan/table-plan.ts';
import { diffColumns } from './column-changes.ts';
import { compareFingerprints } from './compare-fingerprints.ts';
import { defineTable } from './definition.ts';
import { diffObjects } from './object-changes.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { getOwn } from '../../model/base/get-own.ts';
import type { IncrementalContext } from './find-base.ts';
import { estimates, grown } from './growth.ts';
import { continueFrom, grownBy, type IncrementalDecision } from './increments.ts';
import { lateWarning, unseenFindings, unseenOf } from './unseen.ts';
import { diffSettings } from './setting-changes.ts';
import { existingColumns, existingTables, storedColumns } from './existing-tables.ts';

export interface PlannedTable {
  plan: TablePlan;
  changes: Change[];
  /** Findings that are worth knowing and block nothing. */
  findings?: readonly Diagnostic[];
}

/** One table: what of it differs from what was applied last, in shape, definition and data. */
// eslint-disable-next-line max-lines-per-function -- one case for each kind of difference
export function planTable(
  pipeline: Pipeline,
  table: Table,
  observation: Observation,
  context: IncrementalContext,
): PlannedTable {
  const address = `${pipeline.address}.${table.name}`;
  const seen = getOwn(observation.tables, table.name);
  const applied = getOwn(observation.applied?.tables, table.name);
  const source = getOwn(pipeline.sources, table.source);
  if (source === undefined) throw new Error(`table ${table.name} has no source`);
  const definition = defineTable(table, source);
  const after = {
    ...estimates(seen, applied, definition),
    ...objectParts(seen, applied),
    ...headerParts(table, source),
  };
  const shape = {
    name: table.name,
    source: { name: table.source, type: source.type, of: describeSource(table, source) },
    columns: columnPlans(applied?.definition.columns ?? [], definition.columns),
    ...(seen !== undefined && seen.untaken.length > 0 && { untaken: seen.untaken }),
  };
  if (applied === undefined) {
    const existing = existingTables(pipeline, observation).find(({ name }) => name === table.name);
    if (existing !== undefined) {
      const before = existingColumns(existing, definition.columns);
      const now = storedColumns(table, definition.columns);
      const reason = 'unknown, will read: no record of this extract';
      const columns = columnPlans(before, now);
      return {
        plan: { ...shape, columns, action: 'reload', reason, rowsBefore: existing.rows, ...after },
        changes: [
          ...diffColumns(address, before, now),
          { address, subject: 'table', act: 'reload', category: 'data', reason },
        ],
      };
    }
    const reason = 'not there yet';
    const columns = definition.columns.map(({ name, type, notNull }): Change => ({
      address: `${address}.${name}`,
      subject: 'column',
      act: 'create',
      category: 'create',
      reason,
      after: `${type}${notNull ? ' not null' : ''}`,
    }));
    const change: Change = { address, subject: 'table', act: 'create', category: 'create', reason };
    return {
      plan: { ...shape, action: 'create', reason, ...after },
      changes: [change, ...columns],
      findings: lateWarning(table, observation),
    };
  }
  const before = { rowsBefore: applied.rows, bytesBefore: applied.bytes };
  const changes = [
    ...diffColumns(address, applied.definition.columns, definition.columns),
    ...diffSettings(address, applied.definition.rest, definition.rest),
  ];
  const isReshaped = canReshape(context, table, changes);
  // The rows of an unreadable table are unknown; the error says why, and the other changes are what would be applied.
  const isUnreadable = seen?.problems.some(({ severity }) => severity === 'error') === true;
  const isLeft = isUnreadable || context.left?.has(table.name) === true;
  const decision: IncrementalDecision | undefined = isLeft
    ? { kind: 'unchanged' }
    : changes.length > 0 && !isReshaped
      ? undefined
      : continueFrom(table, applied, observation, context);
  const unseen = unseenOf(table, applied, observation);
  const findings = [...unseenFindings(table, unseen), ...lateWarning(table, observation)];
  if (decision?.kind === 'increment') {
    const { reason, increment } = decision;
    return {
      plan: {
        ...shape,
        action: 'change',
        reason,
        ...before,
        ...after,
        ...grownBy(increment, applied, seen, grown(seen, applied, definition)),
        ...(unseen && { unseen }),
      },
      changes: [...changes, { address, subject: 'table', act: 'change', category: 'data', reason }],
      findings,
    };
  }
  const data =
    decision === undefined
      ? dataChange(seen, applied, context)
      : decision.kind === 'whole'
        ? decision.reason
        : undefined;
  if (data !== undefined)
    changes.push({ address, subject: 'table', act: 'reload', category: 'data', reason: data });
  const isRead = data !== undefined || (changes.length > 0 && !isReshaped);
  const carried = isReshaped
    ? { action: 'reshape' as const, reason: 'its columns are changed in a copy: no row is read' }
    : { action: 'unchanged' as const, reason: 'unchanged' };
  return {
    plan: {
      ...shape,
      ...(isRead ? { action: 'reload', reason: changes.at(-1)?.reason ?? '' } : carried),
      ...before,
      ...(isRead
        ? after
        : {
            rowsAfter: { value: applied.rows, exact: false },
            ...bytesOf(after),
            ...headerParts(table, source),
            ...(unseen && { unseen }),
          }),
    },
    changes,
    findings: isRead ? lateWarning(table, observation) : findings,
  };
}

/** Returns true if the table differs in columns only, and only in ways that can be applied in a copy of the extract. */
function canReshape({ base }: IncrementalContext, { name }: Table, changes: readonly Change[]): boolean {
  if (base === undefined || 'none' in base) return false;
  const isWanted = base.plan.reshaped?.some(({ table }) => table === name) ?? false;
  return isWanted && changes.every(({ subject, act }) => subject === 'column' && act === 'remove');
}

/** Returns a short description of what a table is read from. */
export function describeSource({ from }: Table, source: Source): string {
  if (from.type === 'postgres') {
    const { relation } = from;
    return relation === undefined
      ? 'query'
      : [relation.schema, relation.name].filter((part) => part !== undefined).join('.');
  }
  const match = 'match' in source ? source.match.join(', ') : '';
  return source.type === 's3' ? `s3://${source.bucket}/${match}` : match;
}

function columnPlans(before: TableDefinition['columns'], after: TableDefinition['columns']): ColumnPlan[] {
  const shown = ({ type, notNull }: TableDefinition['columns'][number]) =>
    `${type}${notNull ? ' not null' : ''}`;
  const gone = before.filter(({ name }) => after.every((column) => column.name !== name));
  return [
    ...after.map((column) => {
      const last = before.find(({ name }) => name === column.name);
      return { name: column.name, ...(last && { before: shown(last) }), after: shown(column) };
    }),
    ...gone.map((column) => ({ name: column.name, before: shown(column) })),
  ];
}

/** Plans the removal of a table that is in the extract and no longer in the configuration. */
export function planRemoved(
  name: string,
  { columns, rows, bytes }: { columns: TableDefinition['columns']; rows: number; bytes?: number },
  reason: string,
): TablePlan {
  return {
    name,
    action: 'drop',
    reason,
    source: { name: '', type: '', of: '' },
    columns: columnPlans(columns, []),
    rowsBefore: rows,
    ...(bytes !== undefined && { bytesBefore: bytes }),
  };
}

function objectParts(
  seen: SourceObservation | undefined,
  applied: AppliedTable | undefined,
): Pick<TablePlan, 'objects'> {
  const [before, now] = [applied?.fingerprint, seen?.fingerprint];
  return before?.kind === 'objects' && now?.kind === 'objects' ? { objects: diffObjects(before, now) } : {};
}

function headerParts({ columns, columnsFrom }: Table, source: Source): Pick<TablePlan, 'columnsFrom'> {
  if (source.type !== 's3' || source.headerFile === undefined || columnsFrom?.pinned === undefined) return {};
  const shown = columns
    .filter(({ origin }) => origin.kind === 'column')
    .map(({ name, type, notNull }) => `${name} ${formatColumnType(type)}${notNull ? ' not null' : ''}`);
  const file = `s3://${source.bucket}/${source.headerFile.key}`;
  return { columnsFrom: { file, etag: columnsFrom.pinned, columns: shown } };
}

/** Returns the bytes of a table; an unchanged one has as many rows as before, and is read again when the others are. */
function bytesOf({ bytesAfter }: { bytesAfter?: Estimate }): { bytesAfter?: Estimate } {
  return bytesAfter === undefined ? {} : { bytesAfter };
}

/** Returns why the data must be read, or undefined if it is known to be equal. */
function dataChange(
  seen: SourceObservation | undefined,
  applied: AppliedTable,
  { full }: IncrementalContext,
): string | undefined {
  if (full) return 'all rows were asked for with --full';
  if (seen === undefined) return 'not observed';
  if (seen.fingerprint.kind === 'unknown') return `unknown, will read: ${seen.fingerprint.reason}`;
  if (applied.fingerprint === undefined)
    return 'unknown, will read: nothing to compare with was kept last time';
  const comparison = compareFingerprints(applied.fingerprint, seen.fingerprint);
  return comparison.same ? undefined : comparison.reason;
}
