import type {
  Change,
  DestinationPlan,
  PipelineAction,
  PlannedCheck,
  Step,
  TablePlan,
} from '../model/plan.ts';
import type { Pipeline, Table } from '../model/pipeline.ts';

/** The acts of one pipeline, with what each must wait for and the changes that it is for. */
export function layOutSteps(
  pipeline: Pipeline,
  action: PipelineAction,
  tables: readonly TablePlan[],
  destinations: readonly DestinationPlan[],
  changes: readonly Change[],
  mustPackage: boolean,
): Step[] {
  if (action === 'none' || action === 'blocked') return [];
  const because = changes.map(({ address }) => address);
  const steps: Step[] = [];
  if (action === 'create' || action === 'rebuild') {
    const names = pipeline.tables.map(({ name }) => name);
    steps.push({ id: 'snapshot', kind: 'snapshot', tables: names, after: [], because });
    steps.push({ id: 'create', kind: 'create', after: ['snapshot'], because });
    for (const name of names) steps.push(loadStep(pipeline, name, tables, changes));
    const checks = pipeline.tables.flatMap(checksOf);
    if (checks.length > 0)
      steps.push({ id: 'check', kind: 'check', checks, after: names.map(loadId), because });
    steps.push({
      id: 'finish',
      kind: 'finish',
      after: checks.length > 0 ? ['check'] : names.map(loadId),
      because,
    });
  }
  let last = steps.map(({ id }) => id).slice(-1);
  if (mustPackage && pipeline.template !== undefined) {
    steps.push({ id: 'package', kind: 'package', template: pipeline.template.shown, after: last, because });
    last = ['package'];
  }
  const delivered: string[] = [];
  destinations.forEach(({ action: act, target }, index) => {
    if (act === 'unchanged') return;
    const id = `deliver ${index + 1}`;
    delivered.push(id);
    steps.push({
      id,
      kind: 'deliver',
      destination: index,
      target,
      ...(act === 'details' && { details: true as const }),
      after: last,
      because,
    });
  });
  steps.push({ id: 'record', kind: 'record', after: delivered.length > 0 ? delivered : last, because });
  return steps;
}

function checksOf({ name: table, checks }: Table): PlannedCheck[] {
  return checks.map(({ kind: check, name, severity }) => ({ table, check, name, severity }));
}

const loadId = (table: string) => `load ${table}`;

function loadStep(
  pipeline: Pipeline,
  name: string,
  tables: readonly TablePlan[],
  changes: readonly Change[],
): Step {
  const table = tables.find((one) => one.name === name);
  const address = `${pipeline.address}.${name}`;
  const own = changes
    .map((change) => change.address)
    .filter((a) => a === address || a.startsWith(`${address}.`));
  return {
    id: loadId(name),
    kind: 'load',
    table: name,
    ...(table?.rowsAfter === undefined ? {} : { rows: table.rowsAfter }),
    ...(table?.bytesAfter === undefined ? {} : { bytes: table.bytesAfter }),
    after: ['create'],
    because: own.length > 0 ? own : [pipeline.address],
  };
}
