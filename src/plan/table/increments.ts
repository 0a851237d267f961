import { changesOfListing } from '../../model/world/listing.ts';
import { counted } from '../../model/base/numbers.ts';
import type {
  ExtractTable,
  Estimate,
  Observation,
  SourceObservation,
} from '../../model/world/observation.ts';
import type { AppliedTable } from '../../model/world/applied-record.ts';
import type { FilesFingerprint, ObjectsFingerprint } from '../../model/world/fingerprint.ts';
import { getOwn } from '../../model/base/get-own.ts';
import type { IncrementalLoad } from '../../model/config/load-mode.ts';
import type { Table } from '../../model/config/pipeline.ts';
import type { IncrementPlan } from '../../model/plan/increment-plan.ts';
import type { TablePlan } from '../../model/plan/table-plan.ts';
import type { SinceWatermark, Watermark } from '../../model/world/watermark.ts';
import type { IncrementalContext } from './find-base.ts';
import { compareFingerprints, type Comparison } from './compare-fingerprints.ts';
import { redefined } from './redefined.ts';

/** The decision about the rows of a table that continues from its extract. */
export type IncrementalDecision =
  | { kind: 'unchanged' }
  | { kind: 'increment'; increment: IncrementPlan; reason: string }
  | { kind: 'whole'; reason: string };

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
  const decision = planIncrement(table, load, applied, observation);
  if (decision.kind === 'whole') return whole(`${decision.reason}: all rows will be read`);
  return decision.kind === 'increment' && base !== undefined && 'none' in base
    ? whole(`${decision.reason}; all rows will be read: ${base.none}`)
    : decision;
}

function planIncrement(
  table: Table,
  load: IncrementalLoad,
  applied: AppliedTable,
  observation: Observation,
): IncrementalDecision {
  const seen = getOwn(observation.tables, table.name);
  if (seen === undefined) return whole('not observed');
  const comparison = compared(seen, applied);
  if (comparison.replaced !== undefined) return whole(comparison.replaced);
  if (load.kind === 'files') return byFile(load, seen, applied, comparison);
  const { watermark } = applied;
  if (watermark === undefined) return whole('how far it was read is not known');
  const disagreement = disagrees(table, watermark, observation);
  if (disagreement !== undefined) return whole(disagreement);
  const since = seen.cursor?.since;
  if (onlyOldRows(table, load, since, comparison)) return { kind: 'unchanged' };
  if (since !== undefined && 'broken' in since) return whole(since.broken);
  if (comparison.same === true && (since === undefined || sameMarks(watermark, since)))
    return { kind: 'unchanged' };
  if (since === undefined) return whole('the new rows could not be determined');
  const reason = reasonOf(load, since, comparison, {
    watermark,
    atHighest: inExtractOf(table, observation)?.atHighest,
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

/**
 * Returns true if only rows that are already in the extract were updated or deleted. Their new versions look like late
 * rows, but with `append` a row whose key exists is left out: a run would publish the same rows again.
 */
function onlyOldRows(
  { primaryKey }: Table,
  load: Exclude<IncrementalLoad, { kind: 'files' }>,
  since: SinceWatermark | undefined,
  { insertsNone }: Compared,
): boolean {
  const leavesOld = load.kind === 'cursor' && load.mode === 'append' && load.deletes === undefined;
  if (!leavesOld || primaryKey.length === 0 || insertsNone !== true) return false;
  return since !== undefined && !('broken' in since) && since.beyond === 0;
}

const whole = (reason: string): IncrementalDecision => ({ kind: 'whole', reason });

interface Compared {
  /** Undefined if nothing can be compared. */
  same: boolean | undefined;
  reason?: string;
  replaced?: string;
  /** The source counts every insert, and counted none. */
  insertsNone?: true;
}

function compared({ fingerprint }: SourceObservation, { fingerprint: before }: AppliedTable): Compared {
  if (before === undefined) return { same: undefined };
  if (fingerprint.kind === 'unknown') {
    const replaced = redefined(before, fingerprint);
    return { same: undefined, ...(replaced !== undefined && { replaced }) };
  }
  const comparison: Comparison = compareFingerprints(before, fingerprint);
  if (comparison.same) return { same: true };
  const { reason, replaced, inserted } = comparison;
  return {
    same: false,
    reason,
    ...(replaced === true && { replaced: reason }),
    ...(inserted === 0 && { insertsNone: true as const }),
  };
}

/** Returns the disagreement between the extract and the record about a table, if there is one. */
function disagrees({ name }: Table, { inExtract }: Watermark, { extract }: Observation): string | undefined {
  if (extract.kind !== 'present') return undefined;
  const { highest } = extract.tables?.find((one) => one.name === name) ?? {};
  if (JSON.stringify(highest) === JSON.stringify(inExtract)) return undefined;
  const shown = (values: Watermark['inExtract']) =>
    values?.map((value) => value ?? 'NULL').join(', ') ?? 'no row';
  return `the extract ends at ${shown(highest)}, the state says ${shown(inExtract)}`;
}

/** Returns what the extract holds of a table, if it was opened. */
export function inExtractOf({ name }: Table, { extract }: Observation): ExtractTable | undefined {
  return extract.kind === 'present' ? extract.tables?.find((one) => one.name === name) : undefined;
}

function sameMarks({ marks = {} }: Watermark, since: Exclude<SinceWatermark, { broken: string }>): boolean {
  return Object.entries(since.marks).every(([part, mark]) => getOwn(marks, part) === mark);
}

/** Returns why there is something to read, or undefined if there is nothing. */
function reasonOf(
  load: Exclude<IncrementalLoad, { kind: 'files' }>,
  since: Exclude<SinceWatermark, { broken: string }>,
  comparison: Compared,
  { watermark, atHighest }: { watermark: Watermark; atHighest: number | undefined },
): string | undefined {
  const marks = Object.entries(since.marks).filter(([part, mark]) => {
    const before = getOwn(watermark.marks, part);
    // Older records have no such mark: the number of rows is compared instead.
    if (part === 'ties' && before === undefined) return atHighest !== undefined && since.ties !== atHighest;
    return before !== mark;
  });
  const counts = [
    ...(since.beyond > 0 ? [`${counted(since.beyond, 'row')} beyond ${boundOf(watermark)}`] : []),
    ...(since.late > 0 ? [`${counted(since.late, 'row')} changed or committed late`] : []),
    ...marks.map(([part]) => differences[part] ?? part),
  ];
  const keysMayDiffer = load.kind === 'cursor' && load.deletes?.kind === 'keys' && comparison.same === false;
  // All rows in the range that is read again may have left the source, while the extract still has them.
  const hasNone = load.kind === 'window' || load.nulls === 'include' || load.lag !== undefined;
  const again = comparison.same === false && (since.rows - (since.ties ?? 0) > 0 || hasNone);
  if (counts.length === 0 && !keysMayDiffer && !again) return undefined;
  return [...(comparison.reason === undefined ? [] : [comparison.reason]), ...counts].join('; ');
}

const differences: Readonly<Record<string, string>> = {
  again: 'rows that are read again have changed',
  ties: 'there are other rows at the highest cursor',
  deletes: 'the query of deletes gives another answer',
  keys: 'the source has other keys',
};

function boundOf({ columns, upTo }: Watermark): string {
  return upTo === undefined ? `${columns.join(', ')} of no row` : `${columns.join(', ')} ${upTo.join(', ')}`;
}

function byFile(
  load: IncrementalLoad & { kind: 'files' },
  { fingerprint }: SourceObservation,
  { fingerprint: before }: AppliedTable,
  { same, reason = '' }: Compared,
): IncrementalDecision {
  if (same === true) return { kind: 'unchanged' };
  const isListing = fingerprint.kind === 'files' || fingerprint.kind === 'objects';
  const changes = isListing ? changesOfListing(before, fingerprint) : undefined;
  if (same === undefined || !isListing || changes === undefined)
    return whole('new rows cannot be told apart from those that were read');
  const { fresh, changed, gone } = changes;
  const vanished = load.onVanished === 'delete' ? gone.length : 0;
  if (fresh.length + changed.length + vanished === 0) return { kind: 'unchanged' };
  return {
    kind: 'increment',
    reason,
    increment: {
      mode: 'append by file',
      columns: [load.column],
      files: { fresh: fresh.length, changed: changed.length, gone: vanished },
      bytes: { value: bytesOf(fingerprint, [...fresh, ...changed]), exact: true },
    },
  };
}

function bytesOf(listing: FilesFingerprint | ObjectsFingerprint, names: readonly string[]): number {
  const marks: Readonly<Record<string, { size: number }>> =
    listing.kind === 'files' ? listing.files : listing.objects;
  return names.reduce((sum, name) => sum + (getOwn(marks, name)?.size ?? 0), 0);
}

/**
 * Returns rows and bytes after the run: the rows that are read are as wide as the existing ones. `rows` is the number
 * that counters of the source give.
 */
export function grownBy(
  increment: IncrementPlan,
  applied: AppliedTable,
  seen: SourceObservation | undefined,
  rows: Estimate | undefined,
): Pick<TablePlan, 'rowsAfter' | 'bytesAfter' | 'increment'> {
  const since = seen?.cursor?.since;
  const beyond = since !== undefined && 'beyond' in since ? since.beyond : undefined;
  const width = applied.rows === 0 ? undefined : applied.bytes / applied.rows;
  const wide = (count: number | undefined) =>
    width === undefined || count === undefined ? undefined : guess(Math.round(width * count));
  const read = increment.bytes ?? wide(increment.rows?.value);
  const added =
    beyond ?? (read === undefined || width === undefined ? undefined : Math.round(read.value / width));
  const rowsAfter = rows ?? (added === undefined ? undefined : guess(applied.rows + added));
  const bytesAfter = wide(rowsAfter?.value);
  return {
    ...(rowsAfter && { rowsAfter }),
    ...(bytesAfter && { bytesAfter }),
    increment: { ...increment, ...(read && { bytes: read }) },
  };
}

const guess = (value: number): Estimate => ({ value, exact: false });
