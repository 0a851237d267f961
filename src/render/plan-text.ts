import pc from 'picocolors';
import { bytes, counted, grouped } from '../model/numbers.ts';
import type { Estimate } from '../model/observation.ts';
import type {
  Change,
  DestinationPlan,
  ForgottenPipeline,
  Gate,
  GateKind,
  KeySet,
  ObjectChanges,
  PipelineAction,
  PipelinePlan,
  Plan,
  TableauDestinationPlan,
  TablePlan,
} from '../model/plan.ts';
import { alignColumns } from './table.ts';

export interface PlanTextOptions {
  color: boolean;
  /** Shows what is unchanged too. */
  verbose: boolean;
}

/** The plan in Terraform's grammar, because people know it: a symbol, what, how much, and why. */
export function renderPlan(plan: Plan, { color, verbose }: PlanTextOptions): string {
  const paint = pc.createColors(color);
  const shown = plan.pipelines.filter(({ action }) => verbose || action !== 'none');
  const acting =
    plan.forgotten.length > 0 ||
    plan.pipelines.some(({ action }) => action !== 'none' && action !== 'blocked');
  const blocks = [
    ...shown.map((pipeline) => renderPipeline(pipeline, paint, verbose)),
    ...plan.forgotten.map((one) => renderForgotten(one, paint)),
  ];
  return [
    ...(acting ? ['extracts will perform the following actions:', ''] : []),
    ...blocks.flatMap((lines) => [...lines, '']),
    ...closing(plan, paint),
    '',
  ].join('\n');
}

type Paint = ReturnType<typeof pc.createColors>;

/** A pipeline that is gone from the configuration, with everything that stays where it is. */
function renderForgotten({ address, because, leaves }: ForgottenPipeline, paint: Paint): string[] {
  const told = 'will no longer be managed, will not be deleted';
  return [
    `  ${paint.bold(`# ${address} ${told}`)}  ${paint.dim(`(because ${because})`)}`,
    ...leaves.map((target) => `    . ${target}`),
  ];
}

function closing({ summary, pipelines, gates, forgotten }: Plan, paint: Paint): string[] {
  const { create, change, unchanged, blocked, rows, bytes: size, extracts, upload } = summary;
  if (create + change + blocked + forgotten.length === 0) {
    return [paint.bold('No changes.'), 'The extracts match the configuration and their sources.'];
  }
  const counts = [
    `${create} to create`,
    `${change} to change`,
    `${unchanged} unchanged`,
    ...(blocked > 0 ? [paint.red(`${blocked} blocked`)] : []),
    ...(forgotten.length > 0 ? [`${forgotten.length} to forget`] : []),
  ];
  const amounts = [
    ...(rows === undefined ? [] : [`${estimate(rows, grouped)} ${rows.value === 1 ? 'row' : 'rows'}`]),
    ...(size === undefined ? [] : [estimate(size, bytes)]),
  ];
  const reads = pipelines.some(({ steps }) => steps.some(({ kind }) => kind === 'load'));
  const data = [
    ...(reads && amounts.length > 0 ? [`${amounts.join(', ')} to read`] : []),
    ...(extracts === undefined ? [] : [`${estimate(extracts, bytes)} of extracts`]),
    ...(upload === undefined
      ? []
      : [`${estimate(upload.bytes, bytes)} to upload in ${counted(upload.requests, 'request')}`]),
  ];
  return [
    `${paint.bold('Plan:')} ${counts.join(', ')}.`,
    ...(data.length > 0 ? [`${paint.bold('Data:')} ${data.join(', ')}.`] : []),
    ...renderGates(gates, paint),
  ];
}

const gateWords: Record<GateKind, string> = {
  breaking: 'Breaking',
  misfit: 'Misfit',
  policy: 'Policy',
  drift: 'Drift',
};

/** What holds a pipeline back and how to open it; what a flag has opened is told, too. */
function renderGates(gates: readonly Gate[], paint: Paint): string[] {
  const shown = new Map<string, string>();
  for (const { kind, address, message, remedy, open } of gates) {
    const word = open ? paint.yellow(`${gateWords[kind]}, allowed:`) : paint.red(`${gateWords[kind]}:`);
    const isFlag = remedy.startsWith('--');
    const way = open ? '' : isFlag ? `. Blocked without ${remedy}` : ` (${remedy})`;
    shown.set(`${kind} ${address} ${message}`, `${paint.bold(word)} ${address}: ${message}${way}`);
  }
  return [...shown.values()];
}

const participles: Record<PipelineAction, string> = {
  create: 'created',
  rebuild: 'rebuilt',
  deliver: 'delivered again',
  record: 'known by its new name',
  none: 'unchanged',
  blocked: 'applied',
};

function renderPipeline(plan: PipelinePlan, paint: Paint, verbose: boolean): string[] {
  const verb =
    plan.blockedBy === 'gate'
      ? paint.red(`is blocked: it would be ${participles[plan.action]}`)
      : `${plan.action === 'none' ? 'is' : plan.action === 'blocked' ? 'cannot be' : 'will be'} ${participles[plan.action]}`;
  const head = `  ${paint.bold(`# ${plan.address} ${verb}`)}  ${paint.dim(`(because ${plan.because})`)}`;
  if (plan.action === 'none' || plan.action === 'blocked') return [head];
  const symbol = plan.action === 'create' ? '+' : plan.action === 'rebuild' ? '~' : '=';
  const whole = plan.changes.filter(
    ({ subject, address, act }) =>
      address === plan.address && subject !== 'table' && (subject !== 'template' || act === 'remove'),
  );
  const rows: Row[] = [
    [`  ${sign(symbol, paint)} extract "${plan.address}"`],
    ...whole.map((change) => [
      `      ${sign('~', paint)} ${change.subject}`,
      beforeAfter(change),
      `(${change.reason})`,
    ]),
    ...(plan.action === 'deliver' || plan.action === 'record'
      ? []
      : plan.tables.flatMap((table) => renderTable(plan, table, paint, verbose))),
    ...renderTemplate(plan, paint, verbose),
    ...plan.destinations
      .filter(({ action }) => verbose || action !== 'unchanged')
      .map((one) => renderDestination(one, paint)),
  ];
  return [head, ...inColumns(rows)];
}

function renderTemplate({ template }: PipelinePlan, paint: Paint, verbose: boolean): string[][] {
  if (template === undefined || (template.action === 'unchanged' && template.misfits === 0 && !verbose))
    return [];
  const { shown, action, reason, misfits } = template;
  const symbol = { create: '+', change: '~', unchanged: '=' }[action];
  const fit = misfits === 0 ? '' : paint.red(counted(misfits, 'misfit'));
  return [[`      ${sign(symbol, paint)} template ${shown}`, fit, paint.dim(`(${reason})`)]];
}

/** Cells to align with those of other rows, or a line that stands for itself. */
type Row = string[] | string;

function inColumns(rows: readonly Row[]): string[] {
  const aligned = alignColumns(rows.filter((row) => typeof row !== 'string'));
  return rows.map((row) => (typeof row === 'string' ? row : (aligned.shift() ?? '')));
}

function renderTable(plan: PipelinePlan, table: TablePlan, paint: Paint, verbose: boolean): Row[] {
  const symbols = { create: '+', reload: '-/+', unchanged: '=', drop: '-' };
  const address = `${plan.address}.${table.name}`;
  const lead = `      ${sign(symbols[table.action], paint)} table "${table.name}"`;
  const changes = plan.changes.filter(
    (change) => change.subject !== 'table' && change.address.startsWith(`${address}.`),
  );
  const reasons = plan.changes.filter(({ subject, address: own }) => subject === 'table' && own === address);
  const why =
    table.action === 'unchanged'
      ? '(unchanged, read again with the others)'
      : `(${reasons.map(({ reason }) => reason).join('; ')})`;
  return [
    [lead, tableAmounts(table), paint.dim(reasons.length > 0 || table.action === 'unchanged' ? why : '')],
    ...changes
      .filter(({ act }) => verbose || act !== 'create' || table.action !== 'create')
      .map((change) => renderColumn(change, paint)),
    ...(table.action === 'create' && changes.length > 0 && !verbose
      ? [[`          ${counted(changes.length, 'column')}`]]
      : []),
    ...renderHeader(table, verbose),
    ...(verbose && table.objects !== undefined ? renderObjects(table.objects) : []),
  ];
}

/** Columns that nobody has written down are shown when the table is new. */
function renderHeader({ action, columnsFrom }: TablePlan, verbose: boolean): string[] {
  if (columnsFrom === undefined || (action !== 'create' && !verbose)) return [];
  return [
    `          from ${columnsFrom.file}:`,
    ...columnsFrom.columns.map((column) => `            ${column}`),
  ];
}

function renderObjects({ fresh, changed, gone }: ObjectChanges): string[] {
  const lines = (symbol: string, { count, keys }: KeySet) => [
    ...keys.map((key) => `        ${symbol} object ${key}`),
    ...(count > keys.length ? [`          and ${counted(count - keys.length, 'object')} more`] : []),
  ];
  return [...lines('+', fresh), ...lines('~', changed), ...lines('-', gone)];
}

function tableAmounts(table: TablePlan): string {
  const { rowsBefore, bytesBefore } = table;
  const { rowsAfter, bytesAfter } = table.action === 'unchanged' ? {} : table;
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
  ].join(', ');
}

function renderColumn(change: Change, paint: Paint): string[] {
  const symbols = { create: '+', change: '~', remove: '-', rename: '~', reload: '~', write: '~' };
  const name = change.address.split('.').slice(2).join('.');
  const category = change.category === 'breaking' ? paint.red('breaking') : change.category;
  return [
    `        ${sign(symbols[change.act], paint)} column "${name}"`,
    beforeAfter(change),
    change.category === 'create' ? '' : `(${category}: ${change.reason})`,
  ];
}

function beforeAfter({ before, after }: Change): string {
  return [before, after].filter((part) => part !== undefined).join(' -> ');
}

function renderDestination(plan: DestinationPlan, paint: Paint): string[] {
  const { target, action, reason, type } = plan;
  const symbol = action === 'unchanged' ? '=' : '<=';
  const verb = type === 'tableau' ? 'publish' : 'write';
  const amount = type === 'tableau' ? renderPublication(plan) : action;
  return [`    ${sign(symbol, paint)} ${verb} ${target}`, amount, paint.dim(`(${reason})`)];
}

/** `overwrite revision 3 of Ann (2026-01-31T08:00:00Z, 12 MB), ~2.6 MB in 1 request`. */
function renderPublication({ action, existing, upload }: TableauDestinationPlan): string {
  const facts = existing && [
    existing.updatedAt,
    ...(existing.megabytes === undefined ? [] : [`${grouped(existing.megabytes)} MB`]),
  ];
  const revision = existing?.revision === undefined ? '' : ` revision ${existing.revision}`;
  const owner = existing === undefined || existing.owner === '' ? '' : ` of ${existing.owner}`;
  const there = facts === undefined ? '' : `${revision}${owner} (${facts.join(', ')})`;
  const way = upload === undefined ? [] : [`${estimate(upload.bytes, bytes)} in ${inRequests(upload)}`];
  return [`${action}${there}`, ...way].join(', ');
}

function inRequests({ requests, portions }: NonNullable<TableauDestinationPlan['upload']>): string {
  if (portions !== undefined) return `about ${grouped(portions)} portions`;
  return requests === 1 ? '1 request' : `${grouped(requests)} chunks`;
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

function estimate({ value, exact }: Estimate, format: (value: number) => string): string {
  return `${exact ? '' : '~'}${format(value)}`;
}
