import type { Pipeline } from '../model/config/pipeline.ts';
import type { Change } from '../model/plan/change.ts';
import type { BasePlan } from '../model/plan/increment-plan.ts';
import type { PipelineAction } from '../model/plan/plan.ts';
import type { TablePlan } from '../model/plan/table-plan.ts';
import type { Observation } from '../model/world/observation.ts';
import type { Hash } from './basis/basis.ts';
import { destinationChanges } from './destination/destination-changes.ts';
import type { Differences } from './differences.ts';
import { isStagedAndRecorded } from './extract/extract-changes.ts';
import { recordOnlyChanges } from './record/record-only-changes.ts';
import { isCarriedOver } from './steps.ts';
import { withMoves } from './table/renamed.ts';

/** The decision about a pipeline: what is done, for which changes. */
export interface Decision {
  action: PipelineAction;
  /** True if the extract is built. */
  isBuilt: boolean;
  /** True if the extract is put into its template, unless the pipeline is blocked. */
  mustPackage: boolean;
  /** All changes, in the order in which they are shown. */
  changes: readonly Change[];
  tables: readonly TablePlan[];
  /** The extract to continue from, if a table stays in it. */
  base: BasePlan | undefined;
}

/** Decides what is done about the differences of a pipeline. */
export function decide(
  pipeline: Pipeline,
  observation: Observation,
  differences: Differences,
  hash: Hash,
): Decision {
  const { moved, content, template, destinations, findings } = differences;
  const { mustPackage, needsExtract } = deliveryOf(pipeline, differences);
  const found = [
    ...moved.filter(({ subject }) => subject === 'pipeline'),
    ...content,
    ...(needsExtract && content.length === 0 && !isStagedAndRecorded(observation)
      ? [missingExtract(pipeline, observation)]
      : []),
    ...template.changes,
    ...destinationChanges(pipeline, destinations),
  ];
  const changes = [...found, ...recordOnlyChanges(pipeline, observation, found, hash)];
  const isBlocked = findings.some(({ severity }) => severity === 'error');
  const action = isBlocked ? 'blocked' : actionFor(changes, observation);
  const isBuilt = action === 'create' || action === 'rebuild';
  return { action, isBuilt, mustPackage, changes, ...tablesOf(pipeline, differences) };
}

/** Returns whether the package must be made, and if the extract is needed for it or for a destination. */
function deliveryOf(
  { template: wanted }: Pipeline,
  { content, template, destinations }: Differences,
): { mustPackage: boolean; needsExtract: boolean } {
  const actions = destinations.map(({ plan }) => plan.action);
  const mustDeliver = actions.some((action) => action !== 'unchanged' && action !== 'details');
  const isWanted = mustDeliver || template.changes.length > 0;
  const mustPackage =
    template.plan !== undefined && (content.length > 0 || (!template.isCurrent && isWanted));
  const takesRows = actions.includes('update');
  return { mustPackage, needsExtract: mustPackage || takesRows || (mustDeliver && wanted === undefined) };
}

function missingExtract({ address }: Pipeline, { extract }: Observation): Change {
  const isLeftover = extract.kind === 'absent' && extract.leftover === true;
  return {
    address,
    subject: 'extract',
    act: 'reload',
    category: 'data',
    reason: `the staged extract is ${isLeftover ? 'not the one that was recorded' : 'missing'}, and a destination needs it`,
  };
}

function tablesOf(
  pipeline: Pipeline,
  { tables, removed, moved, base }: Differences,
): Pick<Decision, 'tables' | 'base'> {
  const plans = [
    ...tables.map(({ plan }) => withMoves(plan, pipeline, moved)),
    ...removed.map(({ plan }) => plan),
  ];
  const stays = plans.some((table) => table.action === 'change' || isCarriedOver(table));
  return { tables: plans, base: base !== undefined && 'plan' in base && stays ? base.plan : undefined };
}

function actionFor(changes: readonly Change[], observation: Observation): PipelineAction {
  if (changes.length === 0) return 'none';
  if (changes.every(({ subject }) => subject === 'pipeline')) return 'record';
  if (changes.every(({ subject }) => ['pipeline', 'destination', 'template'].includes(subject)))
    return 'deliver';
  return observation.applied === undefined && observation.extract.kind === 'absent' ? 'create' : 'rebuild';
}
