import type { Diagnostic } from '../model/diagnostic.ts';
import type { AppliedRecord, ExtractObservation, Observation } from '../model/observation.ts';
import type { Pipeline } from '../model/pipeline.ts';
import type { Change, DestinationPlan, PipelineAction, PipelinePlan } from '../model/plan.ts';
import { defineKeys } from './definition.ts';
import { planDestination, type Rewriting } from './destinations.ts';
import { referenceFindings } from './references.ts';
import { layOutSteps } from './steps.ts';
import { planTable } from './tables.ts';
import { planTemplate, type PlannedTemplate } from './template.ts';

export interface PlannedPipeline {
  plan: PipelinePlan;
  diagnostics: Diagnostic[];
}

/** Gates that the user opens. */
export interface PlanOptions {
  /** Applies also where the extract does not fit its template. */
  allowMisfit?: boolean;
}

/** Desired against observed, for one pipeline. */
export function planPipeline(
  pipeline: Pipeline,
  observation: Observation,
  options: PlanOptions,
): PlannedPipeline {
  const template = planTemplate(pipeline, observation, options.allowMisfit ?? false);
  const errors = findings(pipeline, observation);
  const tables = pipeline.tables.map((table) => planTable(pipeline, table, observation));
  const removed = removedTables(pipeline, observation.applied);
  const changes: Change[] = [
    ...tables.flatMap(({ changes: own }) => own),
    ...removed,
    ...extractChanges(pipeline, observation),
  ];
  const mustBuild = changes.length > 0;
  const planned = pipeline.destinations.map((destination, index) =>
    planDestination(destination, index, observation, rewriting(mustBuild, template)),
  );
  errors.push(...planned.flatMap((one) => one.diagnostics));
  const diagnostics = [...errors, ...template.findings];
  const blockedBy = hasErrors(errors) ? 'error' : hasErrors(template.findings) ? 'gate' : undefined;
  const destinations = planned.map(({ plan }) => plan);
  const mustDeliver = destinations.some(({ action }) => action !== 'unchanged' && action !== 'details');
  const isWanted = mustDeliver || template.changes.length > 0;
  const mustPackage = template.plan !== undefined && (mustBuild || (!template.stands && isWanted));
  const takesRows = destinations.some(({ action }) => action === 'update');
  const needsExtract = mustPackage || takesRows || (mustDeliver && pipeline.template === undefined);
  if (needsExtract && !mustBuild && !isOurs(observation)) {
    changes.push({
      address: pipeline.address,
      subject: 'extract',
      act: 'reload',
      category: 'data',
      reason: 'the staged extract is gone, and a destination needs it',
    });
  }
  changes.push(...template.changes, ...destinationChanges(pipeline, destinations));
  const action = decide(blockedBy !== undefined, changes, observation);
  const tablePlans = [
    ...tables.map(({ plan }) => plan),
    ...removed.map(({ address, reason }) => ({
      name: address.slice(pipeline.address.length + 1),
      action: 'drop' as const,
      reason,
    })),
  ];
  return {
    diagnostics,
    plan: {
      address: pipeline.address,
      file: pipeline.place.file,
      action,
      because: headline(action, pipeline, changes, diagnostics),
      ...(blockedBy === undefined ? {} : { blockedBy }),
      tables: tablePlans,
      ...(template.plan === undefined ? {} : { template: template.plan }),
      destinations,
      changes,
      steps: layOutSteps(pipeline, action, tablePlans, destinations, changes, mustPackage),
    },
  };
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

function rewriting(mustBuild: boolean, { changes }: PlannedTemplate): Rewriting | undefined {
  if (mustBuild) return { reason: 'the extract is rebuilt', rows: true };
  const [change] = changes;
  return change && { reason: change.reason, rows: false };
}

function decide(isBlocked: boolean, changes: readonly Change[], observation: Observation): PipelineAction {
  if (isBlocked) return 'blocked';
  if (changes.every(({ subject }) => subject === 'destination' || subject === 'template'))
    return changes.length > 0 ? 'deliver' : 'none';
  return observation.applied === undefined && observation.extract.kind === 'absent' ? 'create' : 'rebuild';
}

function findings(pipeline: Pipeline, observation: Observation): Diagnostic[] {
  return [
    ...referenceFindings(pipeline),
    ...pipeline.tables.flatMap(({ name }) => observation.tables[name]?.problems ?? []),
    ...extractFindings(pipeline, observation.extract),
    ...observation.destinations.flatMap(({ problem }) => problem ?? []),
  ];
}

function extractFindings(pipeline: Pipeline, extract: ExtractObservation): Diagnostic[] {
  if (extract.kind !== 'unusable') return [];
  const { shown } = pipeline.extract;
  return [
    extract.code === 'locked'
      ? {
          code: 'EXT3005',
          severity: 'error',
          message: `the extract ${shown} is open in another program`,
          hint: 'close it there (Tableau Desktop, another run) and try again',
          place: pipeline.place,
        }
      : {
          code: 'EXT3006',
          severity: 'error',
          message: `${shown} is there, but is no sound .hyper file: ${extract.reason}`,
          hint: 'move it away or delete it: extracts overwrites only what it can read',
          place: pipeline.place,
        },
  ];
}

function removedTables(pipeline: Pipeline, applied: AppliedRecord | undefined): Change[] {
  return Object.keys(applied?.tables ?? {})
    .filter((name) => pipeline.tables.every((table) => table.name !== name))
    .map((name) => ({
      address: `${pipeline.address}.${name}`,
      subject: 'table',
      act: 'remove',
      category: 'breaking',
      reason: 'no longer in the configuration: fields on it will be missing',
    }));
}

/** Differences of the extract as a whole: its settings, its keys, and whether the file is still the one we wrote. */
function extractChanges(pipeline: Pipeline, { applied, extract }: Observation): Change[] {
  if (applied === undefined) return [];
  const before = applied.extract;
  const changes: Change[] = [];
  const changed = (
    subject: Change['subject'],
    reason: string,
    from: string,
    to: string,
    category: Change['category'],
  ) =>
    changes.push({
      address: pipeline.address,
      subject,
      act: 'change',
      category,
      reason,
      before: from,
      after: to,
    });
  if (before.schema !== pipeline.extract.schema) {
    changed('extract', 'another schema inside the file', before.schema, pipeline.extract.schema, 'breaking');
  }
  if (before.version !== pipeline.extract.version) {
    const [from, to] = [String(before.version), String(pipeline.extract.version)];
    changed('extract', 'another file version', from, to, 'metadata');
  }
  const keys = defineKeys(pipeline);
  if (before.keys !== keys) changed('key', 'other keys or relationships', before.keys, keys, 'metadata');
  if (extract.kind === 'present' && (extract.size !== before.size || extract.modified !== before.modified)) {
    changes.push({
      address: pipeline.address,
      subject: 'extract',
      act: 'reload',
      category: 'data',
      reason: 'something else changed the extract since we wrote it',
    });
  }
  return changes;
}

/** The staged file is there and is what we wrote last. */
function isOurs({ applied, extract }: Observation): boolean {
  return extract.kind === 'present' && applied !== undefined;
}

function destinationChanges(pipeline: Pipeline, destinations: readonly DestinationPlan[]): Change[] {
  return destinations
    .filter(({ action }) => action !== 'unchanged')
    .map(({ target, action, reason }) => ({
      address: `${pipeline.address} -> ${target}`,
      subject: 'destination',
      act: action === 'create' ? 'create' : 'write',
      category: action === 'create' ? 'create' : action === 'details' ? 'metadata' : 'data',
      reason,
    }));
}

/** The one thing to say about the pipeline: the most weighty reason. */
function headline(
  action: PipelineAction,
  pipeline: Pipeline,
  changes: readonly Change[],
  diagnostics: readonly Diagnostic[],
): string {
  if (action === 'blocked') return diagnostics.find(({ severity }) => severity === 'error')?.message ?? '';
  if (action === 'create') return 'there is no extract yet';
  if (action === 'none') return 'nothing has changed';
  const [first] = [...changes].sort((a, b) => weight(b) - weight(a));
  if (first === undefined) return '';
  const prefix = `${pipeline.address}.`;
  const inside = first.address.startsWith(prefix) ? first.address.slice(prefix.length) : undefined;
  const subject = first.subject === 'destination' ? first.address.split(' -> ').at(-1) : inside;
  return subject ? `${subject}: ${first.reason}` : first.reason;
}

function weight({ category, subject }: Change): number {
  const order = ['metadata', 'create', 'additive', 'data', 'breaking'];
  return subject === 'destination' ? -1 : order.indexOf(category);
}
