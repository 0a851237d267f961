import { bytes, counted, grouped } from '../model/base/numbers.ts';
import { firstDelivery } from '../model/plan/destination-plan.ts';
import type { Estimate } from '../model/world/observation.ts';
import type { Change } from '../model/plan/change.ts';
import type {
  ForgottenPipeline,
  Gate,
  GateKind,
  PipelineAction,
  PipelinePlan,
  Plan,
} from '../model/plan/plan.ts';
import type { TableauDestinationPlan } from '../model/plan/destination-plan.ts';
import type { TablePlan } from '../model/plan/table-plan.ts';

/** The texts of a plan, independent of the format of the output. */

/** Returns true if there is nothing to do, and nothing is blocked. */
export function isQuiet({ summary: { create, change, blocked }, forgotten }: Plan): boolean {
  return create + change + blocked + forgotten.length === 0;
}

/**
 * Returns the text after "No changes.": if cursors do not find all changes, the extracts do not match their sources.
 */
export function quietTextOf({ pipelines, unseen: unlooked }: Plan): string {
  if (unlooked !== undefined) return 'What this plan looked at matches the configuration.';
  const unseen = pipelines.flatMap(({ tables }) => tables.flatMap((table) => table.unseen ?? []));
  if (unseen.length === 0) return 'The extracts match the configuration and their sources.';
  const sum = (part: 'missing' | 'updated' | 'deleted') =>
    unseen.reduce((total, one) => total + (one[part] ?? 0), 0);
  const counts = (['missing', 'updated', 'deleted'] as const).flatMap((part) =>
    sum(part) > 0 ? [`${counted(sum(part), 'row')} ${part === 'missing' ? 'committed late' : part}`] : [],
  );
  const parts = [...counts, ...(unseen.some(({ lost }) => lost === true) ? ['a partition removed'] : [])];
  return `The extracts match the configuration, but not their sources: ${parts.join(', ')}, which no cursor finds.`;
}

/** `1 to create`, `2 to change`, `4 unchanged`. */
export function countsOf({ summary: { create, change, unchanged } }: Plan): string[] {
  return [`${create} to create`, `${change} to change`, `${unchanged} unchanged`];
}

export const forgottenVerdict = 'will no longer be managed, will not be deleted';

export const deletedVerdict = 'will be deleted';

export const forgottenVerdictOf = ({ deletes }: ForgottenPipeline): string =>
  deletes === undefined ? forgottenVerdict : deletedVerdict;

/** Returns `1 to forget`, `2 to delete`; empty if there are none. */
export function forgottenCount({ forgotten }: Plan): string[] {
  const deleted = forgotten.filter(({ deletes }) => deletes !== undefined).length;
  const left = forgotten.length - deleted;
  return [...(left > 0 ? [`${left} to forget`] : []), ...(deleted > 0 ? [`${deleted} to delete`] : [])];
}

/** Returns `~3 100 000 rows, ~412 MB to read, ~96 MB of extracts`; empty if nothing can be estimated. */
export function amountsOf({ summary, pipelines }: Plan): string {
  const { rows, bytes: size, extracts, upload } = summary;
  const read = [
    ...(rows === undefined ? [] : [rowsText(rows)]),
    ...(size === undefined ? [] : [estimate(size, bytes)]),
  ];
  const reads = pipelines.some(({ steps }) => steps.some(({ kind }) => kind === 'load' || kind === 'change'));
  return [
    ...(reads && read.length > 0 ? [`${read.join(', ')} to read`] : []),
    ...(extracts === undefined ? [] : [`${estimate(extracts, bytes)} of extracts`]),
    ...(upload === undefined
      ? []
      : [`${estimate(upload.bytes, bytes)} to upload in ${counted(upload.requests, 'request')}`]),
  ].join(', ');
}

/** `~13 406 rows to read, ~2.6 MB extract, …`: what one pipeline costs. */
export function costsOf({ estimates }: PipelinePlan): string[] {
  const { rows, bytes: size, extract, upload, space } = estimates;
  return [
    ...(rows === undefined ? [] : [`${rowsText(rows)} to read`]),
    ...(size === undefined ? [] : [`${estimate(size, bytes)} to read`]),
    ...(extract === undefined ? [] : [`${estimate(extract, bytes)} of extract`]),
    ...(upload === undefined ? [] : [`${estimate(upload.bytes, bytes)} to upload in ${inRequests(upload)}`]),
    ...(space === undefined ? [] : [`${estimate(space, bytes)} of disk for a while`]),
  ];
}

export const gateText: Record<GateKind, string> = {
  breaking: 'Breaking',
  misfit: 'Misfit',
  policy: 'Policy',
  drift: 'Drift',
};

export const isFlag = ({ remedy }: Gate): boolean => remedy.startsWith('--');

/** Returns the gates without duplicates: a remedy that several errors of a template share is shown once. */
export function distinctGates(gates: readonly Gate[]): Gate[] {
  return [...new Map(gates.map((gate) => [`${gate.kind} ${gate.address} ${gate.message}`, gate])).values()];
}

export const participles: Record<PipelineAction, string> = {
  create: 'created',
  rebuild: 'rebuilt',
  deliver: 'delivered again',
  record: 'recorded again',
  none: 'unchanged',
  blocked: 'applied',
};

/** `will be rebuilt`, `is blocked: it would be rebuilt`, `cannot be applied`. */
export function verdictOf(plan: PipelinePlan): string {
  const { action, blockedBy } = plan;
  const done = isFirstDelivery(plan) ? 'delivered' : participles[action];
  if (blockedBy === 'gate') return `is blocked: it would be ${done}`;
  return `${action === 'none' ? 'is' : action === 'blocked' ? 'cannot be' : 'will be'} ${done}`;
}

/** Returns true if no destination has received the extract before. */
function isFirstDelivery({ action, destinations }: PipelinePlan): boolean {
  const first: readonly string[] = Object.values(firstDelivery);
  return (
    action === 'deliver' &&
    destinations.every((one) => one.action === 'unchanged' || first.includes(one.reason))
  );
}

/** Changes of the pipeline as a whole, and not of its tables, template file or destinations. */
export function wholeChanges({ address, changes }: PipelinePlan): Change[] {
  return changes.filter(
    (change) =>
      change.address === address &&
      change.subject !== 'table' &&
      (change.subject !== 'template' || change.act === 'remove'),
  );
}

/** Returns true if its tables are read; otherwise only destinations or the record are written. */
export const isRead = ({ action }: PipelinePlan): boolean => action !== 'deliver' && action !== 'record';

/**
 * Returns true if the pipeline has something to show. A pipeline that an error blocks is shown too, as far as it could
 * be planned.
 */
export const hasDiff = ({ action, changes }: PipelinePlan): boolean =>
  action === 'blocked' ? changes.length > 0 : action !== 'none';

export interface TableChanges {
  columns: readonly Change[];
  /** The reason why the table as a whole differs; empty if it does not. */
  reason: string;
}

export function tableChanges(plan: PipelinePlan, { name, action, reason }: TablePlan): TableChanges {
  const { address, changes } = plan;
  const own = `${address}.${name}`;
  const reasons = changes.filter((change) => change.subject === 'table' && change.address === own);
  const columns = changes.filter(
    ({ subject, address: of }) => subject !== 'table' && of.startsWith(`${own}.`),
  );
  // A new name alone does not say why rows are read; every other change of a column does.
  const isRenamed =
    reasons.length === 0 && columns.length > 0 && columns.every(({ act }) => act === 'rename');
  return {
    columns,
    reason:
      action === 'unchanged'
        ? `unchanged${isRead(plan) && plan.base === undefined ? ', read again with the others' : ''}`
        : action === 'reshape' || (action === 'reload' && isRenamed)
          ? reason
          : reasons.map((change) => change.reason).join('; '),
  };
}

/** `superstore.orders.a.b` is about column `a.b`. */
export const columnName = (change: Change, { address }: PipelinePlan, { name }: TablePlan): string =>
  change.address.slice(`${address}.${name}.`.length);

/** `9 994 -> ~13 406 rows, 2.1 -> ~2.9 MB`. */
export function tableAmounts(table: TablePlan): string {
  const { rowsBefore, bytesBefore } = table;
  const { rowsAfter, bytesAfter } = ['unchanged', 'reshape'].includes(table.action) ? {} : table;
  const rows = [
    ...(rowsBefore === undefined ? [] : [grouped(rowsBefore)]),
    ...(rowsAfter === undefined ? [] : [estimate(rowsAfter, grouped)]),
  ];
  const size = [
    ...(bytesBefore === undefined ? [] : [bytes(bytesBefore)]),
    ...(bytesAfter === undefined ? [] : [estimate(bytesAfter, bytes)]),
  ];
  return [
    ...(rows.length > 0
      ? [`${rows.join(' -> ')} ${rows.length === 1 && rows[0] === '1' ? 'row' : 'rows'}`]
      : []),
    ...(size.length > 0 ? [size.join(' -> ')] : []),
    ...incrementText(table),
  ].join(', ');
}

/** `upsert 3 412 rows`, `append by file, 2 of 5 files`. */
function incrementText({ increment }: TablePlan): string[] {
  if (increment === undefined) return [];
  const { mode, rows, files } = increment;
  if (files === undefined) return [`${mode}${rows === undefined ? '' : ` of ${rowsText(rows)}`}`];
  const counts = [
    ...(files.fresh > 0 ? [`${files.fresh} new`] : []),
    ...(files.changed > 0 ? [`${files.changed} replaced`] : []),
    ...(files.gone > 0 ? [`${files.gone} gone`] : []),
  ];
  return [`${mode}: ${counts.join(', ')}`];
}

export function beforeAfter({ before, after }: Change): string {
  return [before, after].filter((part) => part !== undefined).join(' -> ');
}

/** `overwrite revision 3 of Ann (2026-01-31T08:00:00Z, 12 MB), ~2.6 MB in 1 request`; `delete rows in revision 3 …`. */
export function publicationText({ action, rows, existing, upload }: TableauDestinationPlan): string {
  const facts = existing && [
    existing.updatedAt,
    ...(existing.megabytes === undefined ? [] : [`${grouped(existing.megabytes)} MB`]),
  ];
  const revision = existing?.revision === undefined ? '' : ` revision ${existing.revision}`;
  const owner = existing === undefined || existing.owner === '' ? '' : ` of ${existing.owner}`;
  const there = facts === undefined ? '' : `${revision}${owner} (${facts.join(', ')})`;
  const way = upload === undefined ? [] : [`${estimate(upload.bytes, bytes)} in ${inRequests(upload)}`];
  const what = rows === undefined ? action : `${rows} rows${there === '' ? '' : ' in'}`;
  return [`${what}${there}`, ...way].join(', ');
}

function inRequests({ requests, portions }: NonNullable<TableauDestinationPlan['upload']>): string {
  if (portions !== undefined) return `about ${grouped(portions)} portions`;
  return requests === 1 ? '1 request' : `${grouped(requests)} chunks`;
}

const rowsText = (rows: Estimate) => `${estimate(rows, grouped)} ${rows.value === 1 ? 'row' : 'rows'}`;

function estimate({ value, exact }: Estimate, format: (value: number) => string): string {
  return `${exact ? '' : '~'}${format(value)}`;
}

/** The files of a template that its data source does not name, where a package is going to be made of it. */
export function unnamedFilesText({ template, steps }: PipelinePlan): string[] {
  const { unnamed } = template ?? {};
  if (unnamed === undefined || !steps.some(({ kind }) => kind === 'package')) return [];
  return unnamed.files.map((file) => `${unnamed.kept ? 'keeps' : 'leaves out'} "${file}"`);
}

export const untrustedText =
  'This plan is untrusted: it knows no values of variables, asked no server and read nothing outside of the project.';

/** Returns the notice for a reader of an untrusted plan; empty for every other plan. */
export function unseenText({ unseen }: Plan): string[] {
  if (unseen === undefined) return [];
  return [
    '',
    untrustedText,
    ...(unseen.length === 0 ? ['Nothing had to be left out for that.'] : ['Not looked at:']),
    ...unseen.map((one) => `  - ${one}`),
  ];
}
