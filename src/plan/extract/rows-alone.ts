import type { Observation } from '../../model/world/observation.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { Change } from '../../model/plan/change.ts';
import type { TablePlan } from '../../model/plan/table-plan.ts';
import type { Base } from '../table/find-base.ts';
import { planDestination } from '../destination/plan-destination.ts';
import type { PlannedTemplate } from './plan-template.ts';

const nothingElse = { rewriting: undefined, publication: undefined };

/** The results of the comparison so far, besides the rows. */
export interface RowsAloneQuestion {
  base: Base | undefined;
  tables: readonly TablePlan[];
  /** Changes of tables and of the extract. */
  changes: readonly Change[];
  template: PlannedTemplate;
}

/**
 * Returns true if only rows of tables that continue from an extract of ours can differ: if they turn out to be equal, all
 * destinations are already as they should be. A missing staged file stays missing, as in a run without changes.
 */
export function differsInRowsAlone(
  pipeline: Pipeline,
  observation: Observation,
  { base, tables, changes, template }: RowsAloneQuestion,
): boolean {
  const isContinued = base !== undefined && 'plan' in base;
  if (!isContinued || template.changes.length > 0) return false;
  const changed = tables.filter(({ action }) => action === 'change');
  // Each of these tables has one change, and no other change exists.
  const isRows = tables.every(({ action }) => action === 'change' || action === 'unchanged');
  if (!isRows || changed.length === 0 || changes.length !== changed.length) return false;
  return pipeline.destinations.every(
    (destination, index) =>
      planDestination(destination, index, observation, nothingElse).plan.action === 'unchanged',
  );
}
