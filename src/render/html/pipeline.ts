import { counted } from '../../model/base/numbers.ts';
import type { DestinationPlan } from '../../model/plan/destination-plan.ts';
import type { ObjectChanges, TablePlan } from '../../model/plan/table-plan.ts';
import type { PipelinePlan } from '../../model/plan/plan.ts';
import {
  beforeAfter,
  costsOf,
  publicationText,
  tableAmounts,
  tableChanges,
  verdictOf,
  wholeChanges,
  unnamedFilesText,
} from '../plan-words.ts';
import { renderStep } from '../progress.ts';
import { renderColumns } from './column-table.ts';
import { element, together, type Markup } from './element.ts';
import { pipelineLook, signed, tableLook } from './look.ts';
import { table } from './scroll-table.ts';

/**
 * One pipeline, folded up unless it is `open`: what it costs, its tables with their columns, where it goes,
 * the steps.
 */
export function renderPipeline(plan: PipelinePlan, id: string, open: boolean): Markup {
  const { address, because, tables, destinations, file, tags, steps } = plan;
  return element(
    'details',
    {
      class: 'pipeline',
      id,
      'data-words': [address, ...tags, verdictOf(plan)].join(' ').toLowerCase(),
      open: open ? 'open' : undefined,
    },
    element(
      'summary',
      {},
      element('h3', {}, signed(pipelineLook(plan)), element('code', {}, address), ` ${verdictOf(plan)}`),
      element('span', { class: 'because' }, because),
    ),
    element(
      'div',
      { class: 'body' },
      facts([`File: ${file}`, ...(tags.length > 0 ? [`Tags: ${tags.join(', ')}`] : []), ...costsOf(plan)]),
      whole(plan),
      ...(tables.length > 0
        ? [element('h4', {}, 'Tables'), ...tables.map((one) => renderTable(plan, one))]
        : []),
      template(plan),
      destinationTable(destinations),
      steps.length === 0
        ? undefined
        : element(
            'details',
            {},
            element(
              'summary',
              {},
              plan.blockedBy === undefined ? 'Steps' : 'Steps, when it is no longer blocked',
            ),
            element('ol', {}, ...steps.map((step) => element('li', {}, renderStep(step)))),
          ),
    ),
  );
}

function facts(lines: readonly string[]): Markup {
  return element('ul', { class: 'facts' }, ...lines.map((line) => element('li', {}, line)));
}

function whole(plan: PipelinePlan): Markup | undefined {
  const changes = wholeChanges(plan);
  if (changes.length === 0) return undefined;
  return element(
    'ul',
    {},
    ...changes.map((change) =>
      element(
        'li',
        {},
        `${[change.subject, beforeAfter(change)].filter(Boolean).join(' ')}: ${change.reason}`,
      ),
    ),
  );
}

function renderTable(plan: PipelinePlan, one: TablePlan): Markup {
  const { columns, reason } = tableChanges(plan, one);
  const amounts = tableAmounts(one);
  const { type, name, of } = one.source;
  const isTold = one.action !== 'create' && columns.length > 0;
  return element(
    'details',
    { class: 'table' },
    element(
      'summary',
      {},
      signed(tableLook(one)),
      element('code', {}, one.name),
      ` ${[amounts, counted(one.columns.length, 'column') + (isTold ? `, ${columns.length} changed` : '')].filter(Boolean).join(', ')}`,
      element('span', { class: 'because' }, reason === '' ? one.reason : reason),
    ),
    type === ''
      ? undefined
      : element(
          'p',
          { class: 'muted' },
          `From ${type} `,
          element('code', {}, name),
          ': ',
          element('code', {}, of),
        ),
    renderColumns(plan, one),
    header(one),
    one.objects && objects(one.objects),
  );
}

function header({ columnsFrom }: TablePlan): Markup | undefined {
  if (columnsFrom === undefined) return undefined;
  return together(
    element('p', {}, 'Columns from ', element('code', {}, columnsFrom.file), ':'),
    element('ul', {}, ...columnsFrom.columns.map((column) => element('li', {}, element('code', {}, column)))),
  );
}

function objects({ fresh, changed, gone }: ObjectChanges): Markup {
  const kinds = [
    { look: { symbol: '+', tone: 'create', means: 'new' }, set: fresh },
    { look: { symbol: '~', tone: 'change', means: 'changed' }, set: changed },
    { look: { symbol: '-', tone: 'remove', means: 'gone' }, set: gone },
  ];
  return together(
    ...kinds
      .filter(({ set }) => set.count > 0)
      .map(({ look, set }) =>
        element(
          'details',
          {},
          element('summary', {}, signed(look), `${counted(set.count, 'object')} ${look.means}`),
          element(
            'ul',
            {},
            ...set.keys.map((key) => element('li', {}, element('code', {}, key))),
            set.count > set.keys.length
              ? element('li', {}, `and ${counted(set.count - set.keys.length, 'object')} more`)
              : undefined,
          ),
        ),
      ),
  );
}

function template(pipeline: PipelinePlan): Markup | undefined {
  const { template: plan } = pipeline;
  if (plan === undefined) return undefined;
  const { shown, reason, misfits } = plan;
  const unnamed = unnamedFilesText(pipeline);
  const fit =
    misfits === 0 ? undefined : element('b', { class: 'remove' }, ` (${counted(misfits, 'misfit')})`);
  return together(
    element('h4', {}, 'Template'),
    element('p', {}, element('code', {}, shown), `: ${reason}`, fit),
    unnamed.length === 0
      ? undefined
      : element(
          'ul',
          {},
          ...unnamed.map((line) => element('li', {}, `${line}: its data source does not name it`)),
        ),
  );
}

function destinationTable(destinations: readonly DestinationPlan[]): Markup | undefined {
  if (destinations.length === 0) return undefined;
  return together(
    element('h4', {}, 'Destinations'),
    table(
      'Destinations',
      ['Where', 'What', 'Because'],
      destinations.map((one) => [
        element('code', {}, one.target),
        one.type === 'tableau' ? `publish: ${publicationText(one)}` : `write: ${one.action}`,
        one.reason,
      ]),
    ),
  );
}
