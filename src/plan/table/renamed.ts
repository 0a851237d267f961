import type { Pipeline } from '../../model/config/pipeline.ts';
import type { Change } from '../../model/plan/change.ts';
import type { TablePlan } from '../../model/plan/table-plan.ts';

const renamed = 'columns are renamed, and the extract is not continued: all rows are read';

/**
 * Returns the plan of a table with the earlier names of its columns. A table with another name is read again, and one with
 * a renamed column too, unless that is renamed in a copy.
 */
export function withMoves(plan: TablePlan, { address }: Pipeline, moved: readonly Change[]): TablePlan {
  const renames = moved.filter(
    (change) =>
      change.address === `${address}.${plan.name}` || change.address.startsWith(`${address}.${plan.name}.`),
  );
  const [first] = renames;
  if (first === undefined) return plan;
  const columns = plan.columns.map((column) => {
    const was = renames.find((change) => change.address === `${address}.${plan.name}.${column.name}`)?.before;
    return was === undefined ? column : { ...column, was };
  });
  return plan.action === 'unchanged' ||
    (plan.action === 'change' && renames.some(({ subject }) => subject === 'table'))
    ? { ...plan, action: 'reload', reason: first.subject === 'table' ? first.reason : renamed, columns }
    : { ...plan, columns };
}
