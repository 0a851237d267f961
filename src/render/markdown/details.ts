import { counted } from '../../model/base/numbers.ts';
import type { DestinationView, Mark, PipelineView, TableView, TemplateView } from '../plan-view/index.ts';
import { layOutRows } from '../wrap.ts';
import { clip, code, fenced, plain } from './escape.ts';

/** The limit for one pipeline in a comment: the next ones need room, too. */
const mostLines = 150;
/** Columns before GitHub makes the reader scroll sideways, about. */
const width = 120;

/** Returns a folded pipeline: its diff and its cost. Empty if there is nothing to show. */
export function renderDetails(view: PipelineView): string[] {
  const lines = diffOf(view);
  if (lines.length === 0) return [];
  const { address, verdict, costs } = view;
  const shown = lines.slice(0, mostLines);
  const more = lines.length - shown.length;
  return [
    `<details><summary>${code(clip(address, 200))} ${verdict}</summary>`,
    '',
    ...fenced('diff', shown),
    '',
    ...(more > 0 ? [`${counted(more, 'line')} more: run \`extracts plan\` to see them.`, ''] : []),
    ...(costs.length > 0 ? [`Estimated: ${plain(costs.join(', '))}.`, ''] : []),
    '</details>',
    '',
  ];
}

/** Returns a diff whose lines GitHub colours by their first character. */
function diffOf({
  hasDiff,
  listsTables,
  pipelineChanges,
  tables,
  extract,
  relationships,
  template,
  destinations,
}: PipelineView): string[] {
  if (!hasDiff) return [];
  const rows = [
    ...pipelineChanges.map(({ subject, change, reason }) => cells('changed', subject, change, reason)),
    ...(listsTables ? tables.flatMap(tableRows) : []),
    ...(extract === 'new'
      ? relationships.map(({ from, to }) => cells('new', `relationship ${from.text} -> ${to.text}`, '', ''))
      : []),
    ...(template === undefined ? [] : templateRows(template)),
    ...destinations.map(destinationRow),
  ];
  return layOutRows(rows, width);
}

function tableRows({ name, mark, amounts, changeReasons, changes, header }: TableView): string[][] {
  return [
    cells(mark, `table ${name}`, amounts, changeReasons),
    ...changes.map((change) => {
      const why = change.category === 'create' ? '' : `${change.category}: ${change.reason}`;
      return cells(change.mark, `  column ${change.name}`, change.change, why);
    }),
    ...(header === undefined || mark !== 'new'
      ? []
      : [
          cells('new', `  columns from ${header.file}`, '', ''),
          ...header.columns.map((column) => cells('new', `    ${column}`, '', '')),
        ]),
  ];
}

function templateRows({ shown, mark, reason, misfits, files, replaced }: TemplateView): string[][] {
  return [
    cells(mark, `template ${shown}`, misfits, reason),
    ...replaced.map((line) => cells('unchanged', `  ${line}`, '', '')),
    ...files.map((file) => cells('unchanged', `  ${file.text}`, '', file.reason)),
  ];
}

const destinationRow = ({ target, mark, verb, what, reason }: DestinationView): string[] =>
  cells(mark, `${verb} ${target}`, what, mark === 'unchanged' ? '' : reason);

/** GitHub shows lines with `+` as new, with `-` as removed and with `!` as changed. */
const signs: Record<Mark, string> = {
  new: '+',
  removed: '-',
  changed: '!',
  reloaded: '!',
  blocked: '!',
  unchanged: ' ',
};

const cells = (mark: Mark, what: string, how: string, why: string): string[] => [
  `${signs[mark]} ${clip(what, 300)}`,
  clip(how, 300),
  why === '' ? '' : `(${clip(why, 500)})`,
];
