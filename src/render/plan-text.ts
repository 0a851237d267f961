import pc from 'picocolors';
import { counted } from '../model/base/numbers.ts';
import { visible } from '../model/base/visible.ts';
import type { Plan } from '../model/plan/plan.ts';
import type { KeySet, ObjectChanges } from '../model/plan/table-plan.ts';
import {
  foldGates,
  moreLike,
  notInspectedText,
  viewPlan,
  type ColumnChangeView,
  type DestinationView,
  type GateView,
  type Mark,
  type PipelineView,
  type PlanView,
  type RemovedView,
  type TableView,
  type TemplateView,
} from './plan-view/index.ts';
import { layOutRows, wrap, type Row } from './wrap.ts';

export interface PlanTextOptions {
  color: boolean;
  /** Shows what is unchanged too. */
  verbose: boolean;
  /** Columns of the terminal; undefined where lines may have any length, as in a log. */
  width?: number;
}

/** Returns the plan in Terraform's grammar, because users know it: a symbol, the change, its amount, and its reason. */
export function renderPlan(plan: Plan, { color, verbose, width }: PlanTextOptions): string {
  const view = viewPlan(plan, { showsAll: verbose });
  const paint = pc.createColors(color);
  const blocks: Row[][] = [
    ...view.pipelines.map((part) =>
      'one' in part ? renderPipeline(part.one, paint, verbose) : [renderMore(part, paint)],
    ),
    ...view.removed.map((part) =>
      'one' in part ? renderRemoved(part.one, paint) : [renderMore(part, paint)],
    ),
    // Families are listed even if nothing in them changes: that they were read, and their number of items.
    ...(view.idleFamilies.length === 0
      ? []
      : [view.idleFamilies.map(({ family, count }) => [`  = ${family}`, count])]),
  ];
  return [
    ...(view.hasActions ? ['extracts will perform the following actions:', ''] : []),
    ...blocks.flatMap((rows) => [...layOutRows(rows, width), '']),
    ...closing(view, paint).flatMap((line) => wrap(line, width)),
    ...notInspectedText(view).flatMap((line) => wrap(line, width)),
    '',
  ].join('\n');
}

type Paint = ReturnType<typeof pc.createColors>;

const renderMore = ({ text }: { text: string }, paint: Paint): string => `  ${paint.dim('…')} ${text}`;

/** Returns a pipeline that was removed from the configuration, with all output that is kept in its place. */
function renderRemoved(one: RemovedView, paint: Paint): Row[] {
  const { address, because, leaves, deletes } = one;
  const verdict = one.isDeleted ? paint.red(one.verdict) : one.verdict;
  return [
    `  ${paint.bold(`# ${address} ${verdict}`)}  ${paint.dim(`(because ${because})`)}`,
    ...deletes.map((target) => `    ${paint.red('-')} ${target}`),
    ...leaves.map((target) => `    . ${target}`),
  ];
}

function closing({ quiet, counts, amounts, shards, publishing, gates }: PlanView, paint: Paint): string[] {
  if (quiet !== undefined) return [paint.bold('No changes.'), quiet];
  const shown = counts.map(({ text, isBlocked }) => (isBlocked ? paint.red(text) : text));
  return [
    `${paint.bold('Plan:')} ${shown.join(', ')}.`,
    ...(amounts === '' ? [] : [`${paint.bold('Data:')} ${amounts}.`]),
    ...(shards === undefined ? [] : [`${paint.bold('Shards:')} ${shards}.`]),
    ...publishing.map((text) => `${paint.bold('Publishing:')} ${text}.`),
    ...foldGates(gates).map((part) => ('one' in part ? renderGate(part.one, paint) : renderMoreGates(part))),
  ];
}

function renderMoreGates({ more, like }: { more: readonly GateView[]; like: GateView }): string {
  const whole = like.remedy.replace(/\[[^\]]*\]/, '');
  const forAll = like.kind === 'breaking' && !like.open ? `; for all of them ${whole}` : '';
  return `… ${moreLike(more, like.address)}${forAll}`;
}

/** Returns the gate that blocks a pipeline and how to open it; a gate that a flag has opened is shown, too. */
function renderGate({ label, address, message, remedy, open, isFlag }: GateView, paint: Paint): string {
  const word = open ? paint.yellow(`${label}, allowed:`) : paint.red(`${label}:`);
  const way = open ? '' : isFlag ? `. Blocked without ${remedy}` : ` (${remedy})`;
  return `${paint.bold(word)} ${address}: ${message}${way}`;
}

function renderPipeline(view: PipelineView, paint: Paint, verbose: boolean): Row[] {
  const { address, because, tables, template, destinations } = view;
  const verdict = view.blockedBy === 'gate' ? paint.red(view.verdict) : view.verdict;
  const head = `  ${paint.bold(`# ${address} ${verdict}`)}  ${paint.dim(`(because ${because})`)}`;
  if (!view.hasDiff) return [head];
  return [
    head,
    [`  ${sign(view.extract, paint)} extract "${address}"`],
    ...view.pipelineChanges.map(({ subject, change, reason }) => [
      `      ${sign('changed', paint)} ${subject}`,
      change,
      `(${reason})`,
    ]),
    ...(view.listsTables ? tables.flatMap((table) => renderTable(table, paint, verbose)) : []),
    ...(verbose
      ? view.relationships.map(({ from, to }) => `      . relationship ${from.text} -> ${to.text}`)
      : []),
    ...(template === undefined ? [] : renderTemplate(template, paint, verbose)),
    ...destinations
      .filter(({ mark }) => verbose || mark !== 'unchanged')
      .map((one) => renderDestination(one, paint)),
  ];
}

function renderTemplate(template: TemplateView, paint: Paint, verbose: boolean): string[][] {
  const { shown, mark, reason, misfits, files, replaced } = template;
  if (mark === 'unchanged' && misfits === '' && files.length + replaced.length === 0 && !verbose) return [];
  return [
    [
      `      ${sign(mark, paint)} template ${shown}`,
      misfits === '' ? '' : paint.red(misfits),
      paint.dim(`(${reason})`),
    ],
    ...replaced.map((line) => [`        . ${line}`, '', '']),
    ...files.map((file) => [`        . ${file.text}`, '', `(${file.reason})`]),
  ];
}

function renderTable(table: TableView, paint: Paint, verbose: boolean): Row[] {
  const { name, mark, amounts, changeReasons, changes, objects } = table;
  const isNew = mark === 'new' && !verbose;
  return [
    [
      `      ${sign(mark, paint)} table "${name}"`,
      amounts,
      changeReasons === '' ? '' : paint.dim(`(${changeReasons})`),
    ],
    ...changes
      .filter((change) => !isNew || change.mark !== 'new')
      .map((change) => renderColumn(change, paint)),
    ...(isNew && changes.length > 0 ? [[`          ${counted(changes.length, 'column')}`]] : []),
    ...(verbose ? table.unusedColumns.map(renderUnused) : []),
    ...renderHeader(table, verbose),
    ...(verbose && objects !== undefined ? renderObjects(objects) : []),
    ...(verbose ? table.checks.map((check) => `        ? check ${check}`) : []),
  ];
}

const renderUnused = (name: string): Row => [
  `        . column "${visible(name)}"`,
  '',
  '(in the source, not in the contract)',
];

/** Returns the header of a table. Columns that the configuration does not list are shown if the table is new. */
function renderHeader({ mark, header }: TableView, verbose: boolean): string[] {
  if (header === undefined || (mark !== 'new' && !verbose)) return [];
  return [`          from ${header.file}:`, ...header.columns.map((column) => `            ${column}`)];
}

function renderObjects({ fresh, changed, gone }: ObjectChanges): string[] {
  const lines = (symbol: string, { count, keys }: KeySet) => [
    ...keys.map((key) => `        ${symbol} object ${key}`),
    ...(count > keys.length ? [`          and ${counted(count - keys.length, 'object')} more`] : []),
  ];
  return [...lines('+', fresh), ...lines('~', changed), ...lines('-', gone)];
}

function renderColumn({ name, mark, change, category, reason }: ColumnChangeView, paint: Paint): string[] {
  const word = category === 'breaking' ? paint.red('breaking') : category;
  return [
    `        ${sign(mark, paint)} column "${name}"`,
    change,
    category === 'create' ? '' : `(${word}: ${reason})`,
  ];
}

function renderDestination({ target, mark, verb, what, reason }: DestinationView, paint: Paint): string[] {
  const symbol = mark === 'unchanged' ? sign(mark, paint) : paint.cyan('<=');
  return [`    ${symbol} ${verb} ${target}`, what, paint.dim(`(${reason})`)];
}

function sign(mark: Mark, paint: Paint): string {
  switch (mark) {
    case 'new':
      return paint.green('+');
    case 'removed':
      return paint.red('-');
    case 'changed':
    case 'blocked':
      return paint.yellow('~');
    case 'reloaded':
      return paint.yellow('-/+');
    case 'unchanged':
      return '=';
  }
}
