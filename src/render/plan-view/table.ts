import type { Change } from '../../model/plan/change.ts';
import type { PipelinePlan } from '../../model/plan/plan.ts';
import type { ColumnPlan, TablePlan } from '../../model/plan/table-plan.ts';
import { tableAmounts } from './amounts.ts';
import type { ColumnChangeView, Mark, TableView } from './plan-view.ts';

export function viewTable(plan: PipelinePlan, table: TablePlan): TableView {
  const { name, reason, source, columnsFrom, objects } = table;
  const isReadWhole = plan.steps.some((step) => step.kind === 'load' && step.table === name);
  const own = `${plan.address}.${name}`;
  const ofColumns = plan.changes.filter(
    ({ subject, address }) => subject !== 'table' && address.startsWith(`${own}.`),
  );
  const changes = ofColumns.map((change) => viewColumnChange(change, change.address.slice(own.length + 1)));
  return {
    name,
    mark: markOfTable(table),
    amounts: tableAmounts(table, isReadWhole),
    changeReasons: reasonOf(plan, table, ofColumns),
    planReason: reason,
    origin: source,
    changes,
    columns: table.columns.map((column) => ({
      name: column.name,
      mark: columnMark(column),
      before: column.before,
      after: column.after,
      was: column.was,
      changes: changes.filter((change) => change.name === column.name),
    })),
    unusedColumns: table.untaken ?? [],
    header: columnsFrom,
    objects,
    checks: plan.steps
      .flatMap((step) => (step.kind === 'check' ? step.checks : []))
      .filter((check) => check.table === name)
      .map((check) => `${check.name}${check.severity === 'warn' ? ' (warns)' : ''}`),
  };
}

const tableMarks: Record<TablePlan['action'], Mark> = {
  create: 'new',
  reload: 'reloaded',
  change: 'changed',
  reshape: 'changed',
  unchanged: 'unchanged',
  drop: 'removed',
};

/** Returns what will become of a table. */
export const markOfTable = ({ action }: TablePlan): Mark => tableMarks[action];

function reasonOf(plan: PipelinePlan, { name, action, reason }: TablePlan, columns: readonly Change[]) {
  if (action === 'unchanged') {
    const isReadWithOthers = plan.base === undefined && plan.action !== 'deliver' && plan.action !== 'record';
    return `unchanged${isReadWithOthers ? ', read again with the others' : ''}`;
  }
  const reasons = plan.changes.filter(
    ({ subject, address }) => subject === 'table' && address === `${plan.address}.${name}`,
  );
  // A new name alone does not say why rows are read; every other change of a column does.
  const isRenamed =
    reasons.length === 0 && columns.length > 0 && columns.every(({ act }) => act === 'rename');
  return action === 'reshape' || (action === 'reload' && isRenamed)
    ? reason
    : reasons.map((change) => change.reason).join('; ');
}

function viewColumnChange(change: Change, name: string): ColumnChangeView {
  const { act, category, reason } = change;
  const mark = act === 'create' ? 'new' : act === 'remove' ? 'removed' : 'changed';
  return { name, mark, change: beforeAfter(change), category, reason };
}

function columnMark({ before, after, was }: ColumnPlan): Mark {
  if (before === undefined) return 'new';
  if (after === undefined) return 'removed';
  return before !== after || was !== undefined ? 'changed' : 'unchanged';
}

/** Returns `int -> bigint`, or the one side that there is. */
export function beforeAfter({ before, after }: Change): string {
  return [before, after].filter((part) => part !== undefined).join(' -> ');
}
