import { counted } from '../../model/base/numbers.ts';
import type { Change } from '../../model/plan/change.ts';
import type { DestinationPlan } from '../../model/plan/destination-plan.ts';
import type { PipelinePlan } from '../../model/plan/plan.ts';
import type { TablePlan } from '../../model/plan/table-plan.ts';
import {
  beforeAfter,
  columnName,
  costsOf,
  hasDiff,
  isRead,
  publicationText,
  tableAmounts,
  tableChanges,
  verdictOf,
  wholeChanges,
  unnamedFilesText,
} from '../plan-words.ts';
import { printable } from '../text-width.ts';
import { layOutRows } from '../wrap.ts';
import { clip, code, fenced, plain } from './escape.ts';

/** The limit for one pipeline in a comment: the next ones need room, too. */
const mostLines = 150;
/** Columns before GitHub makes the reader scroll sideways, about. */
const width = 120;

/** Returns a folded pipeline: its diff and its cost. Empty if there is nothing to show. */
export function renderDetails(plan: PipelinePlan): string[] {
  const lines = diffOf(plan);
  if (lines.length === 0) return [];
  const costs = costsOf(plan);
  const shown = lines.slice(0, mostLines);
  const more = lines.length - shown.length;
  return [
    `<details><summary>${code(clip(plan.address, 200))} ${verdictOf(plan)}</summary>`,
    '',
    ...fenced('diff', shown),
    '',
    ...(more > 0 ? [`${counted(more, 'line')} more: run \`extracts plan\` to see them.`, ''] : []),
    ...(costs.length > 0 ? [`Estimated: ${plain(costs.join(', '))}.`, ''] : []),
    '</details>',
    '',
  ];
}

/** Returns a diff whose lines GitHub colours by their first character: `+` new, `-` removed, `!` changed. */
function diffOf(plan: PipelinePlan): string[] {
  if (!hasDiff(plan)) return [];
  const rows = [
    ...wholeChanges(plan).map((change) => cells('!', change.subject, beforeAfter(change), change.reason)),
    ...(isRead(plan) ? plan.tables.flatMap((table) => tableRows(plan, table)) : []),
    ...templateRows(plan),
    ...plan.destinations.map(destinationRow),
  ];
  return layOutRows(rows, width);
}

function tableRows(plan: PipelinePlan, table: TablePlan): string[][] {
  const { columns, reason } = tableChanges(plan, table);
  const signs = { create: '+', reload: '!', change: '!', reshape: '!', unchanged: ' ', drop: '-' };
  return [
    cells(signs[table.action], `table ${table.name}`, tableAmounts(table), reason),
    ...columns.map((change) => {
      const name = `  column ${columnName(change, plan, table)}`;
      const why = change.category === 'create' ? '' : `${change.category}: ${change.reason}`;
      return cells(signOf(change), name, beforeAfter(change), why);
    }),
    ...(table.columnsFrom === undefined || table.action !== 'create'
      ? []
      : [
          cells('+', `  columns from ${table.columnsFrom.file}`, '', ''),
          ...table.columnsFrom.columns.map((column) => cells('+', `    ${column}`, '', '')),
        ]),
  ];
}

function signOf({ act }: Change): string {
  return act === 'create' ? '+' : act === 'remove' ? '-' : '!';
}

function templateRows(plan: PipelinePlan): string[][] {
  const { template } = plan;
  if (template === undefined) return [];
  const sign = { create: '+', change: '!', unchanged: ' ' }[template.action];
  const fit = template.misfits === 0 ? '' : counted(template.misfits, 'misfit');
  return [
    cells(sign, `template ${template.shown}`, fit, template.reason),
    ...unnamedFilesText(plan).map((line) => cells(' ', `  ${line}`, '', 'its data source does not name it')),
  ];
}

function destinationRow(plan: DestinationPlan): string[] {
  const sign = { create: '+', unchanged: ' ' }[plan.action as string] ?? '!';
  const verb = plan.type === 'tableau' ? 'publish' : 'write';
  const amount = plan.type === 'tableau' ? publicationText(plan) : plan.action;
  return cells(sign, `${verb} ${plan.target}`, amount, plan.action === 'unchanged' ? '' : plan.reason);
}

const cells = (sign: string, what: string, how: string, why: string): string[] => [
  `${sign} ${clip(printable(what), 300)}`,
  clip(printable(how), 300),
  why === '' ? '' : `(${clip(printable(why), 500)})`,
];
