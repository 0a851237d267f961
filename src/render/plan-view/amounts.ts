import { bytes, counted, grouped } from '../../model/base/numbers.ts';
import type { TableauDestinationPlan } from '../../model/plan/destination-plan.ts';
import type { PipelinePlan, Plan } from '../../model/plan/plan.ts';
import type { TablePlan } from '../../model/plan/table-plan.ts';
import type { Estimate } from '../../model/world/observation.ts';

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

/** Returns the costs of one pipeline: `~13 406 rows to read`, `~2.6 MB of extract`. */
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

/** `9 994 -> ~13 406 rows, 2.1 -> ~2.9 MB`. */
export function tableAmounts(table: TablePlan, isReadWhole: boolean): string {
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
    ...(isReadWhole ? readText(table) : []),
  ].join(', ');
}

/** `read by 4 backends`, `read by 1 backend instead of 4: public.v is a view`. */
function readText({ read }: TablePlan): string[] {
  if (read === undefined) return [];
  const { backends, instead } = read;
  const why = instead === undefined ? '' : ` instead of ${instead.of}: ${instead.because}`;
  return [`read by ${counted(backends, 'backend')}${why}`];
}

/** `upsert of 3 412 rows`, `append by file: 1 new, 1 replaced`. */
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
