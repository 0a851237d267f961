import type { Diagnostic } from '../model/errors/diagnostic.ts';
import type { Observation } from '../model/world/observation.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { Change } from '../model/plan/change.ts';
import type { DestinationPlan } from '../model/plan/destination-plan.ts';
import type { Gate, PipelineAction, PipelinePlan } from '../model/plan/plan.ts';
import type { TablePlan } from '../model/plan/table-plan.ts';
import type { Policy } from '../model/config/project.ts';
import { findBase } from './table/find-base.ts';
import { basisOf, type Hash } from './basis/basis.ts';
import { planDestination, rewritingOf } from './destination/plan-destination.ts';
import { estimate, knownBytes } from './estimates.ts';
import { extractChanges, extractFindings, isOurs } from './extract/extract-changes.ts';
import { gatesOf, type Decisions } from './gates/gates.ts';
import { headline } from './headline.ts';
import { referenceFindings } from './extract/references.ts';
import { differsInRowsAlone } from './extract/rows-alone.ts';
import { recordOnlyChanges } from './record/record-only-changes.ts';
import { isCarriedOver, layOutSteps } from './steps.ts';
import { moveChanges } from './record/moves.ts';
import { existingColumns, existingTables } from './table/existing-tables.ts';
import { planRemoved, planTable } from './table/plan-table.ts';
import { acceptedBefore, planTemplate } from './extract/plan-template.ts';
import { getOwn } from '../model/base/get-own.ts';
import { afterOf, publicationOf, type Publications } from './destination/shared-sources.ts';

export interface PlannedPipeline {
  plan: PipelinePlan;
  gates: readonly Gate[];
  diagnostics: Diagnostic[];
}

/** Settings that are the same for all pipelines of a plan. */
export interface Terms {
  decisions: Decisions;
  policy: Policy;
  hash: Hash;
  /** Tables that a saved plan does not read, by address. Their rows are left for the next plan. */
  left?: ReadonlyMap<string, ReadonlySet<string>>;
  /** Shared data sources that are published by pipelines of this plan. */
  publications?: Publications;
}

/** Desired against observed, for one pipeline. `record` is the version of what was applied last. */
// eslint-disable-next-line max-lines-per-function -- assembles a plan from its parts in order
export function planPipeline(
  pipeline: Pipeline,
  observation: Observation,
  record: string,
  { decisions, policy, hash, left, publications = new Map() }: Terms,
): PlannedPipeline {
  const template = planTemplate(pipeline, observation);
  const errors = findings(pipeline, observation);
  const goesOn = pipeline.tables.some(({ load }) => load.kind !== 'full');
  const found = goesOn ? findBase(pipeline, observation) : undefined;
  const full = decisions.full ?? false;
  const stay = left?.get(pipeline.address);
  const incrementalContext = { base: found, full, ...(stay && { left: stay }) };
  const tables = pipeline.tables.map((table) => planTable(pipeline, table, observation, incrementalContext));
  const removed = removedTables(pipeline, observation);
  const moved = moveChanges(pipeline, observation.moves ?? []);
  const changes: Change[] = [
    ...moved.filter(({ subject }) => subject !== 'pipeline'),
    ...tables.flatMap(({ changes: own }) => own),
    ...removed.map(({ change }) => change),
    ...extractChanges(pipeline, observation),
  ];
  const mustBuild = changes.length > 0;
  const isRowsAlone = differsInRowsAlone(pipeline, observation, {
    base: found,
    tables: tables.map(({ plan }) => plan),
    changes,
    template,
  });
  changes.unshift(...moved.filter(({ subject }) => subject === 'pipeline'));
  const planned = pipeline.destinations.map((destination, index) =>
    planDestination(destination, index, observation, {
      rewriting: rewritingOf(mustBuild, isRowsAlone, template),
      publication: publicationOf(destination, publications),
    }),
  );
  errors.push(...planned.flatMap((one) => one.diagnostics));
  const destinations = planned.map(({ plan }) => plan);
  const mustDeliver = destinations.some(({ action }) => action !== 'unchanged' && action !== 'details');
  const isWanted = mustDeliver || template.changes.length > 0;
  const mustPackage = template.plan !== undefined && (mustBuild || (!template.isCurrent && isWanted));
  const takesRows = destinations.some(({ action }) => action === 'update');
  const needsExtract = mustPackage || takesRows || (mustDeliver && pipeline.template === undefined);
  if (needsExtract && !mustBuild && !isOurs(observation)) {
    changes.push({
      address: pipeline.address,
      subject: 'extract',
      act: 'reload',
      category: 'data',
      reason: 'the staged extract is missing, and a destination needs it',
    });
  }
  changes.push(...template.changes, ...destinationChanges(pipeline, destinations, planned));
  changes.push(...recordOnlyChanges(pipeline, observation, changes, hash));
  const tablePlans = [
    ...tables.map(({ plan }) => withMoves(plan, pipeline, moved)),
    ...removed.map(({ plan }) => plan),
  ];
  const stays = tablePlans.some((table) => table.action === 'change' || isCarriedOver(table));
  const base = found !== undefined && 'plan' in found && stays ? found.plan : undefined;
  const act = hasErrors(errors) ? 'blocked' : decide(changes, observation);
  const isBuilt = act === 'create' || act === 'rebuild';
  const work = {
    build: isBuilt,
    package: mustPackage,
    tables: tablePlans,
    hasBase: base !== undefined,
    destinations,
  };
  const estimates = estimate(pipeline, observation, work);
  const gates =
    act === 'blocked'
      ? []
      : gatesOf(pipeline, observation, { changes, bytes: knownBytes(work) }, decisions, policy);
  const isGated = gates.some(({ open }) => !open);
  const blockedBy = act === 'blocked' ? 'error' : isGated ? 'gate' : undefined;
  const warnings = tables.flatMap(({ findings = [] }) => findings);
  const diagnostics = [...errors, ...warnings, ...templateMismatches(observation, gates)];
  return {
    diagnostics,
    gates,
    plan: {
      address: pipeline.address,
      file: pipeline.place.file,
      tags: pipeline.tags,
      basis: basisOf(pipeline, observation, record, hash),
      action: act,
      because: headline(act, pipeline, changes, diagnostics),
      ...(blockedBy === undefined ? {} : { blockedBy }),
      ...afterOf(pipeline, destinations, publications),
      tables: tablePlans,
      ...(base !== undefined && isBuilt && { base }),
      ...(full && { full }),
      ...(template.plan === undefined ? {} : { template: template.plan }),
      destinations,
      estimates,
      changes,
      steps: layOutSteps(pipeline, act, tablePlans, destinations, changes, {
        mustPackage,
        base,
        isRowsAlone,
      }),
    },
  };
}

const renamed = 'columns are renamed, and the extract is not continued: all rows are read';

/** A table that has another name is not what it was; nor one with such a column, unless that is renamed in a copy. */
function withMoves(plan: TablePlan, { address }: Pipeline, moved: readonly Change[]): TablePlan {
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

/** Errors only where they hold something back. */
function templateMismatches({ template, applied }: Observation, gates: readonly Gate[]): Diagnostic[] {
  if (template === undefined) return [];
  const accepted = acceptedBefore(applied?.template, template);
  const isClosed = gates.some(({ kind, open }) => kind === 'misfit' && !open);
  return template.misfits.map(({ identity, ...one }) => {
    if (one.severity !== 'error') return one;
    if (accepted.has(identity))
      return { ...one, severity: 'warning', hint: 'accepted before, with --allow-misfit' };
    return isClosed ? one : { ...one, severity: 'warning' };
  });
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

function decide(changes: readonly Change[], observation: Observation): PipelineAction {
  if (changes.length === 0) return 'none';
  if (changes.every(({ subject }) => subject === 'pipeline')) return 'record';
  if (changes.every(({ subject }) => ['pipeline', 'destination', 'template'].includes(subject)))
    return 'deliver';
  return observation.applied === undefined && observation.extract.kind === 'absent' ? 'create' : 'rebuild';
}

function findings(pipeline: Pipeline, observation: Observation): Diagnostic[] {
  return [
    ...referenceFindings(pipeline),
    ...pipeline.tables.flatMap(({ name }) => getOwn(observation.tables, name)?.problems ?? []),
    ...extractFindings(pipeline, observation.extract),
    ...observation.destinations.flatMap(({ problem }) => problem ?? []),
  ];
}

function removedTables(pipeline: Pipeline, observation: Observation) {
  const { address, tables } = pipeline;
  const applied = Object.entries(observation.applied?.tables ?? {}).map(
    ([
      name,
      {
        definition: { columns },
        rows,
        bytes,
      },
    ]) => ({ name, columns, rows, bytes }),
  );
  const existing = existingTables(pipeline, observation).map((table) => ({
    name: table.name,
    columns: existingColumns(table, []),
    rows: table.rows,
  }));
  return [...applied, ...existing]
    .filter(({ name }) => tables.every((table) => table.name !== name))
    .map(({ name, ...table }) => {
      const reason = 'no longer in the configuration: fields on it will be missing';
      const change: Change = {
        address: `${address}.${name}`,
        subject: 'table',
        act: 'remove',
        category: 'breaking',
        reason,
      };
      return { change, plan: planRemoved(name, table, reason) };
    });
}

function destinationChanges(
  pipeline: Pipeline,
  destinations: readonly DestinationPlan[],
  planned: readonly { drifted: boolean }[],
): Change[] {
  return destinations.flatMap(({ target, action, reason }, index): Change[] => {
    if (action === 'unchanged') return [];
    return [
      {
        address: `${pipeline.address} -> ${target}`,
        subject: 'destination',
        act: action === 'create' ? 'create' : 'write',
        category: action === 'create' ? 'create' : action === 'details' ? 'metadata' : 'data',
        reason,
        ...(planned[index]?.drifted === true && { drift: true as const }),
      },
    ];
  });
}
