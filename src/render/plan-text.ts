import pc from 'picocolors';
import { counted } from '../model/base/numbers.ts';
import { visible } from '../model/base/visible.ts';
import type { DestinationPlan } from '../model/plan/destination-plan.ts';
import type { Change } from '../model/plan/change.ts';
import type { ForgottenPipeline, Gate, PipelinePlan, Plan } from '../model/plan/plan.ts';
import type { KeySet, ObjectChanges, TablePlan } from '../model/plan/table-plan.ts';
import { countIdle, foldForgotten, foldGates, foldPipelines, moreLike } from './fold.ts';
import {
  amountsOf,
  beforeAfter,
  columnName,
  countsOf,
  distinctGates,
  forgottenCount,
  deletedVerdict,
  forgottenVerdict,
  gateText,
  hasDiff,
  isFlag,
  isQuiet,
  isRead,
  publicationText,
  quietTextOf,
  tableAmounts,
  tableChanges,
  verdictOf,
  wholeChanges,
  unnamedFilesText,
  unseenText,
} from './plan-words.ts';
import { printableData } from './text-width.ts';
import { layOutRows, wrap, type Row } from './wrap.ts';

export interface PlanTextOptions {
  color: boolean;
  /** Shows what is unchanged too. */
  verbose: boolean;
  /** Columns of the terminal; undefined where lines may have any length, as in a log. */
  width?: number;
}

/** Returns the plan in Terraform's grammar, because users know it: a symbol, the change, its amount, and its reason. */
export function renderPlan(made: Plan, { color, verbose, width }: PlanTextOptions): string {
  const plan = printableData(made);
  const paint = pc.createColors(color);
  const shown = plan.pipelines.filter(({ action }) => verbose || action !== 'none');
  const acting =
    plan.forgotten.length > 0 ||
    plan.pipelines.some(({ action }) => action !== 'none' && action !== 'blocked');
  const blocks = [
    ...(verbose ? shown.map((one) => ({ one })) : foldPipelines(shown)).map((part) =>
      'one' in part ? renderPipeline(part.one, paint, verbose) : [renderMore(part, paint)],
    ),
    ...(verbose ? plan.forgotten.map((one) => ({ one })) : foldForgotten(plan.forgotten)).map((part) =>
      'one' in part ? renderForgotten(part.one, paint) : [renderMore(part, paint)],
    ),
    ...(verbose ? [] : renderIdle(plan.pipelines)),
  ];
  return [
    ...(acting ? ['extracts will perform the following actions:', ''] : []),
    ...blocks.flatMap((rows) => [...layOutRows(rows, width), '']),
    ...closing(plan, paint).flatMap((line) => wrap(line, width)),
    ...unseenText(plan).flatMap((line) => wrap(line, width)),
    '',
  ].join('\n');
}

type Paint = ReturnType<typeof pc.createColors>;

function renderMore(
  { more, like }: { more: readonly unknown[]; like: { address: string } },
  paint: Paint,
): string {
  return `  ${paint.dim('…')} ${moreLike(more, like.address)}`;
}

/**
 * Returns the idle pipelines. Families are listed even if nothing in them changes: that they were read, and their
 * number of items.
 */
function renderIdle(pipelines: readonly PipelinePlan[]): Row[][] {
  const lines = countIdle(pipelines).map(({ family, count }) => [`  = ${family}`, count]);
  return lines.length === 0 ? [] : [lines];
}

/** Returns a pipeline that was removed from the configuration, with all output that is kept in its place. */
function renderForgotten(one: ForgottenPipeline, paint: Paint): Row[] {
  const { address, because, leaves, deletes = [] } = one;
  const verdict = one.deletes === undefined ? forgottenVerdict : paint.red(deletedVerdict);
  return [
    `  ${paint.bold(`# ${address} ${verdict}`)}  ${paint.dim(`(because ${because})`)}`,
    ...deletes.map((target) => `    ${paint.red('-')} ${target}`),
    ...leaves.map((target) => `    . ${target}`),
  ];
}

function closing(plan: Plan, paint: Paint): string[] {
  if (isQuiet(plan)) return [paint.bold('No changes.'), quietTextOf(plan)];
  const { blocked } = plan.summary;
  const counts = [
    ...countsOf(plan),
    ...(blocked > 0 ? [paint.red(`${blocked} blocked`)] : []),
    ...forgottenCount(plan),
  ];
  const amounts = amountsOf(plan);
  return [
    `${paint.bold('Plan:')} ${counts.join(', ')}.`,
    ...(amounts === '' ? [] : [`${paint.bold('Data:')} ${amounts}.`]),
    ...foldGates(distinctGates(plan.gates)).map((part) =>
      'one' in part ? renderGate(part.one, paint) : renderMoreGates(part),
    ),
  ];
}

function renderMoreGates({ more, like }: { more: readonly Gate[]; like: Gate }): string {
  const whole = like.remedy.replace(/\[[^\]]*\]/, '');
  const forAll = like.kind === 'breaking' && !like.open ? `; for all of them ${whole}` : '';
  return `… ${moreLike(more, like.address)}${forAll}`;
}

/** Returns the gate that blocks a pipeline and how to open it; a gate that a flag has opened is shown, too. */
function renderGate(gate: Gate, paint: Paint): string {
  const { kind, address, message, remedy, open } = gate;
  const word = open ? paint.yellow(`${gateText[kind]}, allowed:`) : paint.red(`${gateText[kind]}:`);
  const way = open ? '' : isFlag(gate) ? `. Blocked without ${remedy}` : ` (${remedy})`;
  return `${paint.bold(word)} ${address}: ${message}${way}`;
}

function renderPipeline(plan: PipelinePlan, paint: Paint, verbose: boolean): Row[] {
  const verdict = plan.blockedBy === 'gate' ? paint.red(verdictOf(plan)) : verdictOf(plan);
  const head = `  ${paint.bold(`# ${plan.address} ${verdict}`)}  ${paint.dim(`(because ${plan.because})`)}`;
  if (!hasDiff(plan)) return [head];
  const symbol = { create: '+', rebuild: '~', blocked: '~' }[plan.action as string] ?? '=';
  return [
    head,
    [`  ${sign(symbol, paint)} extract "${plan.address}"`],
    ...wholeChanges(plan).map((change) => [
      `      ${sign('~', paint)} ${change.subject}`,
      beforeAfter(change),
      `(${change.reason})`,
    ]),
    ...(!isRead(plan) ? [] : plan.tables.flatMap((table) => renderTable(plan, table, paint, verbose))),
    ...renderTemplate(plan, paint, verbose),
    ...plan.destinations
      .filter(({ action }) => verbose || action !== 'unchanged')
      .map((one) => renderDestination(one, paint)),
  ];
}

function renderTemplate(plan: PipelinePlan, paint: Paint, verbose: boolean): string[][] {
  const { template } = plan;
  if (template === undefined) return [];
  const { shown, action, reason, misfits } = template;
  const unnamed = unnamedFilesText(plan);
  if (action === 'unchanged' && misfits === 0 && unnamed.length === 0 && !verbose) return [];
  const symbol = { create: '+', change: '~', unchanged: '=' }[action];
  const fit = misfits === 0 ? '' : paint.red(counted(misfits, 'misfit'));
  return [
    [`      ${sign(symbol, paint)} template ${shown}`, fit, paint.dim(`(${reason})`)],
    ...unnamed.map((line) => [`        . ${line}`, '', '(its data source does not name it)']),
  ];
}

function renderTable(plan: PipelinePlan, table: TablePlan, paint: Paint, verbose: boolean): Row[] {
  const symbols = { create: '+', reload: '-/+', change: '~', reshape: '~', unchanged: '=', drop: '-' };
  const { columns, reason } = tableChanges(plan, table);
  return [
    [
      `      ${sign(symbols[table.action], paint)} table "${table.name}"`,
      tableAmounts(table),
      reason === '' ? '' : paint.dim(`(${reason})`),
    ],
    ...columns
      .filter(({ act }) => verbose || act !== 'create' || table.action !== 'create')
      .map((change) => renderColumn(change, columnName(change, plan, table), paint)),
    ...(table.action === 'create' && columns.length > 0 && !verbose
      ? [[`          ${counted(columns.length, 'column')}`]]
      : []),
    ...(verbose ? renderUntaken(table) : []),
    ...renderHeader(table, verbose),
    ...(verbose && table.objects !== undefined ? renderObjects(table.objects) : []),
    ...(verbose ? renderChecks(plan, table.name) : []),
  ];
}

function renderUntaken({ untaken = [] }: TablePlan): Row[] {
  return untaken.map((name) => [
    `        . column "${visible(name)}"`,
    '',
    '(in the source, not in the contract)',
  ]);
}

/** Returns the header of a table. Columns that the configuration does not list are shown if the table is new. */
function renderHeader({ action, columnsFrom }: TablePlan, verbose: boolean): string[] {
  if (columnsFrom === undefined || (action !== 'create' && !verbose)) return [];
  return [
    `          from ${columnsFrom.file}:`,
    ...columnsFrom.columns.map((column) => `            ${column}`),
  ];
}

function renderChecks({ steps }: PipelinePlan, table: string): string[] {
  return steps
    .flatMap((step) => (step.kind === 'check' ? step.checks : []))
    .filter((check) => check.table === table)
    .map(({ name, severity }) => `        ? check ${name}${severity === 'warn' ? ' (warns)' : ''}`);
}

function renderObjects({ fresh, changed, gone }: ObjectChanges): string[] {
  const lines = (symbol: string, { count, keys }: KeySet) => [
    ...keys.map((key) => `        ${symbol} object ${key}`),
    ...(count > keys.length ? [`          and ${counted(count - keys.length, 'object')} more`] : []),
  ];
  return [...lines('+', fresh), ...lines('~', changed), ...lines('-', gone)];
}

function renderColumn(change: Change, name: string, paint: Paint): string[] {
  const symbols = { create: '+', change: '~', remove: '-', rename: '~', reload: '~', write: '~' };
  const category = change.category === 'breaking' ? paint.red('breaking') : change.category;
  return [
    `        ${sign(symbols[change.act], paint)} column "${name}"`,
    beforeAfter(change),
    change.category === 'create' ? '' : `(${category}: ${change.reason})`,
  ];
}

function renderDestination(plan: DestinationPlan, paint: Paint): string[] {
  const { target, action, reason, type } = plan;
  const symbol = action === 'unchanged' ? '=' : '<=';
  const verb = type === 'tableau' ? 'publish' : 'write';
  const amount = type === 'tableau' ? publicationText(plan) : action;
  return [`    ${sign(symbol, paint)} ${verb} ${target}`, amount, paint.dim(`(${reason})`)];
}

function sign(symbol: string, paint: Paint): string {
  const colors: Record<string, (text: string) => string> = {
    '+': paint.green,
    '-': paint.red,
    '~': paint.yellow,
    '-/+': paint.yellow,
    '<=': paint.cyan,
  };
  return (colors[symbol] ?? ((text: string) => text))(symbol);
}
