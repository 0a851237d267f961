import type { ColumnChangeView, ColumnView, TableView } from '../plan-view/index.ts';
import { element, together, type Child, type Markup } from './element.ts';
import { signed } from './marks.ts';
import { table } from './scroll-table.ts';

/**
 * Returns the columns of a table before and after; unchanged ones are shown only if there are few, and are folded
 * otherwise.
 */
export function renderColumns({ name, mark, columns }: TableView): Markup | undefined {
  const changed = columns.filter((column) => column.changes.length > 0 || column.mark !== 'unchanged');
  const same = columns.filter((column) => !changed.includes(column));
  if (columns.length === 0) return undefined;
  if (mark === 'new') return typeTable(`Columns of ${name}`, columns);
  return together(
    changed.length > 0 ? columnTable(`Changed columns of ${name}`, changed) : undefined,
    same.length === 0
      ? undefined
      : element(
          'details',
          {},
          element('summary', {}, `${same.length} unchanged`),
          typeTable(`Unchanged columns of ${name}`, same),
        ),
  );
}

/** Returns columns with their types: those of a new table have one reason for all, unchanged ones have none. */
function typeTable(caption: string, columns: readonly ColumnView[]): Markup {
  return table(
    caption,
    ['Column', 'Type'],
    columns.map((column) => [
      together(signed(column.mark), element('code', {}, column.name)),
      element('code', {}, column.after ?? ''),
    ]),
  );
}

function columnTable(caption: string, columns: readonly ColumnView[]): Markup {
  return table(
    caption,
    ['Column', 'Before', 'After', 'Because'],
    columns.map((column): Child[] => [
      together(
        signed(column.mark),
        element('code', {}, column.name),
        column.was === undefined ? undefined : together(' was ', element('code', {}, column.was)),
      ),
      column.before === undefined ? '' : element('code', {}, column.before),
      column.after === undefined ? '' : element('code', {}, column.after),
      together(...column.changes.flatMap((change, index) => [index === 0 ? '' : '; ', because(change)])),
    ]),
  );
}

function because({ category, reason }: ColumnChangeView): Markup {
  if (category === 'create') return together(reason);
  const tone = category === 'breaking' ? 'remove' : 'muted';
  return together(element('b', { class: tone }, category), `: ${reason}`);
}
