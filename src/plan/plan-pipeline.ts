import type { Pipeline } from '../model/config/pipeline.ts';
import type { Diagnostic } from '../model/errors/diagnostic.ts';
import type { Gate, PipelinePlan } from '../model/plan/plan.ts';
import type { Observation } from '../model/world/observation.ts';
import { basisOf } from './basis/basis.ts';
import { decide, type Decision } from './decide.ts';
import { afterOf } from './destination/shared-sources.ts';
import { diffPipeline, type Differences } from './differences.ts';
import { estimate, knownBytes, type Work } from './estimates.ts';
import { acceptedBefore } from './extract/plan-template.ts';
import { withoutLeftover } from './extract/staged.ts';
import { gatesOf } from './gates/gates.ts';
import { headline } from './headline.ts';
import { layOutSteps } from './steps.ts';
import type { Terms } from './terms.ts';

export interface PlannedPipeline {
  plan: PipelinePlan;
  gates: readonly Gate[];
  diagnostics: readonly Diagnostic[];
}

/** Plans one pipeline: finds the differences, decides, and assembles the plan. `record` is the version of its record. */
export function planPipeline(
  pipeline: Pipeline,
  seen: Observation,
  record: string,
  terms: Terms,
): PlannedPipeline {
  const observation = withoutLeftover(pipeline, seen);
  const differences = diffPipeline(pipeline, observation, terms);
  const decision = decide(pipeline, observation, differences, terms.hash);
  const work = workOf(differences, decision);
  const { decisions, policy, hash } = terms;
  const { action, changes } = decision;
  const gates =
    action === 'blocked'
      ? []
      : gatesOf(pipeline, observation, { changes, bytes: knownBytes(work) }, decisions, policy);
  const diagnostics = [
    ...differences.findings,
    ...differences.tables.flatMap(({ findings = [] }) => findings),
    ...templateMismatches(observation, gates),
  ];
  const isGated = gates.some(({ open }) => !open);
  const blockedBy = action === 'blocked' ? 'error' : isGated ? 'gate' : undefined;
  return {
    diagnostics,
    gates,
    plan: {
      address: pipeline.address,
      file: pipeline.place.file,
      tags: pipeline.tags,
      basis: basisOf(pipeline, observation, record, hash),
      action,
      because: headline(action, pipeline, changes, diagnostics),
      ...(blockedBy && { blockedBy }),
      ...planParts(pipeline, differences, decision, terms),
      estimates: estimate(pipeline, observation, work),
      changes,
      steps: stepsOf(pipeline, differences, decision),
    },
  };
}

/** Returns the plans of the parts of a pipeline. */
function planParts(
  pipeline: Pipeline,
  { template, ...differences }: Differences,
  { tables, base, isBuilt }: Decision,
  { decisions, publications = new Map() }: Terms,
): Pick<PipelinePlan, 'after' | 'tables' | 'relationships' | 'base' | 'full' | 'template' | 'destinations'> {
  const destinations = differences.destinations.map(({ plan }) => plan);
  return {
    ...afterOf(pipeline, destinations, publications),
    tables,
    ...relationshipsOf(pipeline),
    ...(base !== undefined && isBuilt && { base }),
    ...(decisions.full === true && { full: true }),
    ...(template.plan && { template: template.plan }),
    destinations,
  };
}

function relationshipsOf({ relationships }: Pipeline): Pick<PipelinePlan, 'relationships'> {
  if (relationships.length === 0) return {};
  return { relationships: relationships.map(({ from, to }) => ({ from, to })) };
}

function workOf({ destinations }: Differences, { isBuilt, mustPackage, tables, base }: Decision): Work {
  return {
    build: isBuilt,
    package: mustPackage,
    tables,
    hasBase: base !== undefined,
    destinations: destinations.map(({ plan }) => plan),
  };
}

function stepsOf(pipeline: Pipeline, { destinations, isRowsAlone }: Differences, decision: Decision) {
  return layOutSteps(pipeline, {
    ...decision,
    destinations: destinations.map(({ plan }) => plan),
    isRowsAlone,
  });
}

/** Returns the mismatches of the template: errors only if they block the pipeline. */
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
