import type { BaseFates, BasePlan } from '../model/plan/increment-plan.ts';
import type { Change } from '../model/plan/change.ts';
import type { DestinationPlan } from '../model/plan/destination-plan.ts';
import type { PipelineAction } from '../model/plan/plan.ts';
import type { PlannedCheck, Step, StepAct } from '../model/plan/step.ts';
import type { TablePlan } from '../model/plan/table-plan.ts';
import type { Pipeline, Table } from '../model/config/pipeline.ts';

/** The decisions for a pipeline, as far as its steps depend on them. */
export interface DecidedWork {
  action: PipelineAction;
  tables: readonly TablePlan[];
  destinations: readonly DestinationPlan[];
  changes: readonly Change[];
  mustPackage: boolean;
  base: BasePlan | undefined;
  /** Nothing needs to be written unless the rows differ. */
  isRowsAlone: boolean;
}

/** Returns the steps of one pipeline, with what each must wait for and the changes that it is for. */
export function layOutSteps(pipeline: Pipeline, work: DecidedWork): Step[] {
  const { action, destinations, changes, mustPackage, isRowsAlone } = work;
  if (action === 'none' || action === 'blocked') return [];
  const because = changes.map(({ address }) => address);
  const condition = isRowsAlone ? { ifRowsDiffer: true as const } : {};
  const steps = action === 'create' || action === 'rebuild' ? buildSteps(pipeline, work, because) : [];
  let last = steps.map(({ id }) => id).slice(-1);
  if (mustPackage && pipeline.template !== undefined) {
    const template = pipeline.template.shown;
    steps.push({ id: 'package', kind: 'package', template, after: last, because, ...condition });
    last = ['package'];
  }
  const delivered: string[] = [];
  destinations.forEach((one, index) => {
    if (one.action === 'unchanged') return;
    const id = `deliver ${index + 1}`;
    delivered.push(id);
    steps.push({ id, ...deliveryOf(one, index), after: last, because, ...condition });
  });
  steps.push({ id: 'record', kind: 'record', after: delivered.length > 0 ? delivered : last, because });
  return steps;
}

/** The steps that make the extract: read under one snapshot, check, finish. */
function buildSteps(pipeline: Pipeline, work: DecidedWork, because: readonly string[]): Step[] {
  const { tables, changes, base, isRowsAlone } = work;
  const reads = pipeline.tables.flatMap(({ name }) => {
    const table = tables.find((one) => one.name === name);
    const isCarried = base !== undefined && table !== undefined && isCarriedOver(table);
    return table === undefined || isCarried ? [] : readStep(pipeline, table, changes);
  });
  const names = reads.map(({ table }) => table);
  const snapshot: Step[] =
    reads.length > 0 ? [{ id: 'snapshot', kind: 'snapshot', tables: names, after: [], because }] : [];
  const create: Step = {
    id: 'create',
    kind: 'create',
    ...(base !== undefined && { base: fatesOf(base, tables) }),
    after: snapshot.map(({ id }) => id),
    because,
  };
  const read = reads.length > 0 ? reads.map(({ id }) => id) : [create.id];
  const checks = pipeline.tables.flatMap(checksOf);
  const check: Step[] =
    checks.length > 0 ? [{ id: 'check', kind: 'check', checks, after: read, because }] : [];
  const finish: Step = {
    id: 'finish',
    kind: 'finish',
    after: checks.length > 0 ? ['check'] : read,
    because,
    ...(isRowsAlone && { ifRowsDiffer: true as const }),
  };
  return [...snapshot, create, ...reads, ...check, finish];
}

function deliveryOf(one: DestinationPlan, destination: number): StepAct & { kind: 'deliver' } {
  const ifPublished = one.type === 'tableau' ? one.ifPublished : undefined;
  return {
    kind: 'deliver',
    destination,
    target: one.target,
    ...(one.action === 'details' && { details: true as const }),
    ...(ifPublished && { ifPublished }),
  };
}

function checksOf({ name: table, checks }: Table): PlannedCheck[] {
  return checks.map(({ kind: check, name, severity }) => ({ table, check, name, severity }));
}

function fatesOf(base: BasePlan, tables: readonly TablePlan[]): BaseFates {
  const names = (...actions: TablePlan['action'][]) =>
    tables
      .filter(({ name, action }) => base.tables.includes(name) && actions.includes(action))
      .map(({ name }) => name);
  const kept = names('unchanged', 'reshape', 'change');
  const emptied = names('reload');
  const reshaped = (base.reshaped ?? []).filter(({ table }) => [...kept, ...emptied].includes(table));
  return { kept, emptied, ...(reshaped.length > 0 && { reshaped }) };
}

/** Returns true for a table that is not read if there is a base. */
export const isCarriedOver = ({ action }: TablePlan) => action === 'unchanged' || action === 'reshape';

type ReadStep = Step & { kind: 'load' | 'change' };

function readStep(pipeline: Pipeline, table: TablePlan, changes: readonly Change[]): ReadStep {
  const { name, increment, rowsAfter, bytesAfter, read } = table;
  const address = `${pipeline.address}.${name}`;
  const own = changes
    .map((change) => change.address)
    .filter((a) => a === address || a.startsWith(`${address}.`));
  const kind = increment === undefined ? 'load' : 'change';
  const rows = increment === undefined ? rowsAfter : increment.rows;
  const bytes = increment === undefined ? bytesAfter : increment.bytes;
  return {
    id: `${kind} ${name}`,
    kind,
    table: name,
    ...(rows !== undefined && { rows }),
    ...(bytes !== undefined && { bytes }),
    ...(kind === 'load' && read !== undefined && read.backends > 1 && { backends: read.backends }),
    after: ['create'],
    because: own.length > 0 ? own : [pipeline.address],
  };
}
