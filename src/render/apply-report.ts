import pc from 'picocolors';
import type { CheckResult } from '../model/config/check.ts';
import { bytes, counted, grouped } from '../model/base/numbers.ts';
import { renderChecks } from './check-results.ts';
import { countOutcomes, outcomeWords, type NotBegun, type Outcome } from './outcomes.ts';
import { fold, moreLike } from './plan-view/fold.ts';
import { alignColumns } from './align-columns.ts';
import { printableData } from './text-width.ts';

export interface ReportRow {
  address: string;
  outcome: Outcome;
  seconds: number;
  tables: readonly {
    name: string;
    rows: number;
    changed?: { inserted: number; deleted: number };
    bytes: number;
    seconds: number;
  }[];
  checks: readonly CheckResult[];
  destinations: readonly { target: string; size: number; remark?: string }[];
  unseen?: readonly string[];
  nothingNew?: true;
  unpublished?: readonly string[];
  removed?: readonly { target: string; standing: 'ours' | 'changed' | 'gone' }[];
  failure?: { step: string; retryable: boolean };
}

/** A pipeline that the apply did not begin. */
export interface HeldRow {
  address: string;
  by: 'gate' | 'error';
  message: string;
}

export interface ReportOptions extends Partial<NotBegun> {
  color: boolean;
  verbose: boolean;
  held?: readonly HeldRow[];
}

/**
 * Returns the report of an apply: a table per pipeline with rows, bytes, seconds and destination, and the checks that
 * did not pass; with `verbose` also those that did; then the pipelines that were held back. Items of a family with
 * equal results are listed a few times and then counted, unless `verbose` asks for all.
 */
export function renderReport(
  rows: readonly ReportRow[],
  { color, verbose, held = [], idle = [], doneBefore = 0 }: ReportOptions,
): string {
  const paint = pc.createColors(color);
  const mark = (outcome: Outcome) => colorsOf(paint)[outcome](outcomeWords[outcome]);
  const reported = (row: ReportRow): string[] => {
    if (row.outcome === 'deleted')
      return [`${paint.bold(row.address)}  ${mark('deleted')}`, ...whatWent(row)];
    if (row.outcome === 'forgotten' || row.outcome === 'missing')
      return [`${paint.bold(row.address)}  ${mark(row.outcome)}`];
    const head = `${paint.bold(row.address)}  ${mark(row.outcome)}${
      row.failure === undefined ? '' : ` at ${row.failure.step}`
    } in ${seconds(row.seconds)}${row.failure?.retryable === true ? '; it may pass: run again' : ''}`;
    const checks = renderChecks(row.checks, paint, verbose);
    if (row.outcome !== 'applied') return [head, ...checks, ...whatStands(row)];
    const tables = row.tables.map((table) => [
      `  ${table.name}`,
      counted(table.rows, 'row'),
      bytes(table.bytes),
      seconds(table.seconds),
      ...(table.changed === undefined ? [] : [changedText(table.changed)]),
    ]);
    const targets = row.destinations.map(({ target, size, remark }) => [
      `  -> ${target}`,
      bytes(size),
      ...(remark === undefined ? [] : [remark]),
    ]);
    const body = [...alignColumns(tables, [1, 2, 3]), ...checks, ...alignColumns(targets)];
    return [head, ...body, ...whatIsLeft(row)];
  };
  const printable = rows.map(printableData);
  const parts = verbose
    ? printable.map((one) => ({ one }))
    : fold(printable, ({ address }) => address, sayingOf);
  const blocks = parts.map((part) =>
    'one' in part ? reported(part.one) : [`${paint.dim('…')} ${moreRows(part.more, part.like)}`],
  );
  if (held.length > 0) blocks.push(heldLines(held.map(printableData), paint, verbose));
  const closing = `${paint.bold('Apply:')} ${countOutcomes(rows, { held, idle, doneBefore })}.`;
  return [...blocks.flatMap((lines) => [...lines, '']), closing, ''].join('\n');
}

type Paint = ReturnType<typeof pc.createColors>;

const colorsOf = (paint: Paint): Readonly<Record<Outcome, (text: string) => string>> => ({
  applied: paint.green,
  forgotten: (text) => text,
  deleted: paint.red,
  missing: (text) => text,
  rejected: paint.red,
  failed: paint.red,
  interrupted: paint.yellow,
});

/** Returns a line for each pipeline that was held back: its reason is far up, before the plan. */
function heldLines(held: readonly HeldRow[], paint: Paint, verbose: boolean): string[] {
  const parts = verbose
    ? held.map((one) => ({ one }))
    : fold(
        held,
        ({ address }) => address,
        ({ by, message }) => [by, message],
      );
  return parts.map((part) =>
    'one' in part
      ? `${paint.bold(part.one.address)}  ${paint.red('blocked')}: ${part.one.message}`
      : `${paint.dim('…')} ${moreLike(part.more, part.like.address)}`,
  );
}

/**
 * Returns the text by which rows are folded: only for success or a run that was not begun. A row that needs attention
 * is never folded.
 */
function sayingOf(row: ReportRow): unknown {
  const {
    outcome,
    failure,
    checks,
    tables,
    destinations,
    unseen = [],
    removed = [],
    nothingNew: isEmpty,
    unpublished = [],
  } = row;
  const isWorthALook =
    failure !== undefined ||
    outcome === 'rejected' ||
    outcome === 'failed' ||
    (outcome === 'interrupted' && destinations.length + unseen.length > 0) ||
    checks.some((check) => check.outcome !== 'passed') ||
    removed.some(({ standing }) => standing !== 'ours');
  if (isWorthALook) return undefined;
  const shapes = tables.map(({ name, changed }) => [name, changed !== undefined]);
  const remarks = destinations.map(({ remark }) => remark);
  return [outcome, shapes, remarks, removed.length, isEmpty, unpublished.length];
}

const nothingNew =
  '  nothing new: the extract has all rows that were read, so nothing was written or delivered';

/** Returns why nothing was written, or not everywhere. */
function whatIsLeft({ nothingNew: isEmpty, destinations, unpublished = [] }: ReportRow): string[] {
  return [
    ...(isEmpty === true && destinations.length === 0 ? [nothingNew] : []),
    ...unpublished.map((target) => `  ${target} is left as it is: it was not published in this run`),
  ];
}

function moreRows(more: readonly ReportRow[], like: ReportRow): string {
  const words = moreLike(more, like.address);
  if (like.outcome !== 'applied') return words;
  const tables = more.flatMap((row) => row.tables);
  const sum = (of: (table: ReportRow['tables'][number]) => number) =>
    tables.reduce((total, table) => total + of(table), 0);
  return `${words}: ${counted(
    sum(({ rows }) => rows),
    'row',
  )}, ${bytes(sum((table) => table.bytes))}`;
}

function whatWent({ removed = [] }: ReportRow): string[] {
  const words = { ours: '', changed: '  left: it was changed outside extracts', gone: '  did not exist' };
  return removed.map(
    ({ target, standing }) => `  ${standing === 'changed' ? '.' : '-'} ${target}${words[standing]}`,
  );
}

function changedText({ inserted, deleted }: { inserted: number; deleted: number }): string {
  return `(+${grouped(inserted)} -${grouped(deleted)})`;
}

/**
 * Returns the present state of the destinations. A failed delivery describes it itself; the deliveries before it are
 * done.
 */
function whatStands({ destinations, unseen = [], failure }: ReportRow): string[] {
  const known = [
    ...destinations.map(({ target }) => `  delivered before that: ${target}`),
    // The server may have done it, or may still do it.
    ...unseen.map(
      (target) => `  sent without an answer: ${target}; the next plan finds out what became of it`,
    ),
  ];
  if (known.length > 0) return known;
  const { step = '' } = failure ?? {};
  if (step.startsWith('deliver')) return [];
  const isBuilt = step.startsWith('finish') || step.startsWith('package');
  return [`  ${isBuilt ? 'nothing was delivered: ' : ''}what was there before is untouched`];
}

function seconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : String(Math.round(value))} s`;
}
