import { counted } from '../../model/base/numbers.ts';
import type { ObjectChanges } from '../../model/plan/table-plan.ts';
import type { DestinationView, PipelineView, TableView, TemplateView } from '../plan-view/index.ts';
import { renderStep } from '../progress.ts';
import { renderColumns } from './column-table.ts';
import { copied } from './copied.ts';
import { element, together, type Markup } from './element.ts';
import { signed } from './marks.ts';
import { renderRelationships } from './relationships.ts';
import { table } from './scroll-table.ts';

/**
 * One pipeline, folded up unless it is `open`: what it costs, its tables with their columns, where it goes,
 * the steps.
 */
export function renderPipeline(view: PipelineView, id: string, open: boolean): Markup {
  const { address, verdict, because, tables, destinations, file, tags, steps } = view;
  return element(
    'details',
    {
      class: 'pipeline',
      id,
      'data-words': [address, ...tags, verdict].join(' ').toLowerCase(),
      open: open ? 'open' : undefined,
    },
    element(
      'summary',
      {},
      element('h3', {}, signed(view.mark), element('code', {}, address), ` ${verdict}`),
      element('span', { class: 'because' }, because),
    ),
    element(
      'div',
      { class: 'body' },
      facts([`File: ${file}`, ...(tags.length > 0 ? [`Tags: ${tags.join(', ')}`] : []), ...view.costs]),
      ofPipeline(view),
      ...(tables.length > 0 ? [element('h4', {}, 'Tables'), ...tables.map(renderTable)] : []),
      renderRelationships(view.relationships),
      template(view.template),
      destinationTable(destinations),
      steps.length === 0
        ? undefined
        : element(
            'details',
            {},
            element(
              'summary',
              {},
              view.blockedBy === undefined ? 'Steps' : 'Steps, when it is no longer blocked',
            ),
            element('ol', {}, ...steps.map((step) => element('li', {}, renderStep(step)))),
          ),
    ),
  );
}

function facts(lines: readonly string[]): Markup {
  return element('ul', { class: 'facts' }, ...lines.map((line) => element('li', {}, line)));
}

function ofPipeline({ pipelineChanges: changes }: PipelineView): Markup | undefined {
  if (changes.length === 0) return undefined;
  return element(
    'ul',
    {},
    ...changes.map(({ subject, change, reason }) =>
      element('li', {}, `${[subject, change].filter(Boolean).join(' ')}: ${reason}`),
    ),
  );
}

function renderTable(one: TableView): Markup {
  const { amounts, changeReasons, planReason, changes, columns } = one;
  const { type, name, of } = one.origin;
  const changed = one.mark !== 'new' && changes.length > 0 ? `, ${changes.length} changed` : '';
  return element(
    'details',
    { class: one.mark === 'unchanged' ? 'table same' : 'table' },
    element(
      'summary',
      {},
      signed(one.mark),
      element('code', {}, one.name),
      ` ${[amounts, counted(columns.length, 'column') + changed].filter(Boolean).join(', ')}`,
      element('span', { class: 'because' }, changeReasons === '' ? planReason : changeReasons),
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
    renderColumns(one),
    header(one),
    one.objects && objects(one.objects),
  );
}

function header({ header: from }: TableView): Markup | undefined {
  if (from === undefined) return undefined;
  return together(
    element('p', {}, 'Columns from ', element('code', {}, from.file), ':'),
    element('ul', {}, ...from.columns.map((column) => element('li', {}, element('code', {}, column)))),
  );
}

function objects({ fresh, changed, gone }: ObjectChanges): Markup {
  const kinds = [
    { mark: 'new', means: 'new', set: fresh },
    { mark: 'changed', means: 'changed', set: changed },
    { mark: 'removed', means: 'gone', set: gone },
  ] as const;
  return together(
    ...kinds
      .filter(({ set }) => set.count > 0)
      .map(({ mark, means, set }) =>
        element(
          'details',
          {},
          element('summary', {}, signed(mark, means), `${counted(set.count, 'object')} ${means}`),
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

function template(view: TemplateView | undefined): Markup | undefined {
  if (view === undefined) return undefined;
  const { shown, reason, misfits, files, replaced } = view;
  const lines = [...replaced, ...files.map((file) => `${file.text}: ${file.reason}`)];
  const fit = misfits === '' ? undefined : element('b', { class: 'remove' }, ` (${misfits})`);
  return together(
    element('h4', {}, 'Template'),
    element('p', {}, element('code', {}, shown), `: ${reason}`, fit),
    lines.length === 0 ? undefined : element('ul', {}, ...lines.map((line) => element('li', {}, line))),
  );
}

function destinationTable(destinations: readonly DestinationView[]): Markup | undefined {
  if (destinations.length === 0) return undefined;
  return together(
    element('h4', {}, 'Destinations'),
    table(
      'Destinations',
      ['Where', 'What', 'Because'],
      destinations.map((one) => [copied(one.target), `${one.verb}: ${one.what}`, one.reason]),
    ),
  );
}
