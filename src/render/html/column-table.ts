import type { Change } from '../../model/plan/change.ts';
import type { ColumnPlan, TablePlan } from '../../model/plan/table-plan.ts';
import type { PipelinePlan } from '../../model/plan/plan.ts';
import { columnName, tableChanges } from '../plan-words.ts';
import { element, together, type Child, type Markup } from './element.ts';
import { signed, type Sign } from './look.ts';
import { table } from './scroll-table.ts';

/**
 * Returns the columns of a table before and after; unchanged ones are shown only if there are few, and are folded
 * otherwise.
 */
export function renderColumns(plan: PipelinePlan, one: TablePlan): Markup | undefined {
  const { columns } = tableChanges(plan, one);
  const rows = one.columns.map((column) => ({
    column,
    changes: columns.filter((change) => columnName(change, plan, one) === column.name),
  }));
  const changed = rows.filter(({ column, changes }) => changes.length > 0 || lookOf(column).symbol !== '=');
  const same = rows.filter((row) => !changed.includes(row));
  if (rows.length === 0) return undefined;
  if (one.action === 'create') return newTable(`Columns of ${one.name}`, rows);
  return together(
    changed.length > 0 ? columnTable(`Changed columns of ${one.name}`, changed) : undefined,
    same.length === 0
      ? undefined
      : element(
          'details',
          {},
          element('summary', {}, `${same.length} unchanged`),
          columnTable(`Unchanged columns of ${one.name}`, same),
        ),
  );
}

interface ColumnRow {
  column: ColumnPlan;
  changes: readonly Change[];
}

/** Returns the columns of a new table: without a state before, and with one reason for all. */
function newTable(caption: string, rows: readonly ColumnRow[]): Markup {
  return table(
    caption,
    ['Column', 'Type'],
    rows.map(({ column }) => [
      together(signed(lookOf(column)), element('code', {}, column.name)),
      element('code', {}, column.after ?? ''),
    ]),
  );
}

function columnTable(caption: string, rows: readonly ColumnRow[]): Markup {
  return table(
    caption,
    ['Column', 'Before', 'After', 'Because'],
    rows.map(({ column, changes }): Child[] => [
      together(
        signed(lookOf(column)),
        element('code', {}, column.name),
        column.was === undefined ? undefined : together(' was ', element('code', {}, column.was)),
      ),
      column.before === undefined ? '' : element('code', {}, column.before),
      column.after === undefined ? '' : element('code', {}, column.after),
      together(...changes.flatMap((change, index) => [index === 0 ? '' : '; ', because(change)])),
    ]),
  );
}

function because({ category, reason }: Change): Markup {
  if (category === 'create') return together(reason);
  const tone = category === 'breaking' ? 'remove' : 'muted';
  return together(element('b', { class: tone }, category), `: ${reason}`);
}

function lookOf({ before, after, was }: ColumnPlan): Sign {
  if (before === undefined) return { symbol: '+', tone: 'create', means: 'new' };
  if (after === undefined) return { symbol: '-', tone: 'remove', means: 'removed' };
  if (before !== after || was !== undefined) return { symbol: '~', tone: 'change', means: 'changed' };
  return { symbol: '=', tone: 'none', means: 'unchanged' };
}
