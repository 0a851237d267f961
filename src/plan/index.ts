import type { Diagnostic } from '../model/errors/diagnostic.ts';
import { nameItem } from '../model/config/family.ts';
import type { Observation } from '../model/world/observation.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { ForgottenPipeline, Gate, MissingItem, PipelinePlan, Plan } from '../model/plan/plan.ts';
import type { Publication } from '../model/plan/step.ts';
import { configurationHash, noBasis } from './basis/basis.ts';
import { planPipeline, type PlannedPipeline } from './plan-pipeline.ts';
import { summarize } from './summary.ts';
import type { Terms } from './terms.ts';
import { publishedBy, publishersFirst } from './destination/shared-sources.ts';

export { configurationHash } from './basis/basis.ts';
export type { Decisions } from './gates/gates.ts';
export { summarize } from './summary.ts';
export type { Terms } from './terms.ts';
export { publishingOf } from './publishing.ts';
export { groupsBySharedSource } from './destination/shared-sources.ts';

/** A pipeline, what was seen around it, and what went wrong while looking. */
export type Observed =
  | {
      pipeline: Pipeline;
      observation: Observation;
      /** The version of the record of the last apply; empty if there is none. */
      record: string;
    }
  /** An interrupted run that is resumed has already applied it as it is written now: it is not observed again. */
  | { pipeline: Pipeline; finished: true; record: string }
  /** The world could not be observed: the pipeline is blocked by these. */
  | { pipeline: Pick<Pipeline, 'address' | 'place' | 'tags'>; failure: readonly Diagnostic[] };

/** Pipelines that are no longer in the configuration. */
export interface GonePipelines {
  forgotten: readonly ForgottenPipeline[];
  missing?: readonly MissingItem[];
}

/**
 * Builds the plan: takes the wanted and the observed state, and returns what will be done and why. No I/O, no clock, no
 * randomness.
 */
export function buildPlan(
  observed: readonly Observed[],
  tool: string,
  terms: Terms,
  { forgotten, missing = [] }: GonePipelines = { forgotten: [] },
): Plan {
  const diagnostics: Diagnostic[] = [];
  const gates: Gate[] = [];
  const planned = planAll(observed, terms);
  const pipelines = observed.map((one) => {
    if ('failure' in one) {
      diagnostics.push(...one.failure.map((found) => nameItem(one.pipeline.address, found)));
      return unobserved(one.pipeline, one.failure);
    }
    if ('finished' in one) return finished(one.pipeline, one.record, terms);
    const { plan, diagnostics: findings, gates: own } = required(planned.get(one));
    diagnostics.push(...findings.map((found) => nameItem(one.pipeline.address, found)));
    gates.push(...own);
    return plan;
  });
  return {
    ...{ format: 1, tool, pipelines, forgotten },
    ...(missing.length > 0 && { missing }),
    ...{ summary: summarize(pipelines), gates, diagnostics },
  };
}

/** Plans what was observed. Pipelines that change the rows of a data source are planned knowing who publishes it. */
function planAll(observed: readonly Observed[], terms: Terms): Map<Observed, PlannedPipeline> {
  const publications = new Map<string, Publication>();
  const planned = new Map<Observed, PlannedPipeline>();
  for (const one of publishersFirst(observed)) {
    if (!('observation' in one)) continue;
    const { pipeline, observation, record } = one;
    const plan = planPipeline(pipeline, observation, record, { ...terms, publications });
    planned.set(one, plan);
    for (const [source, publication] of publishedBy(pipeline, plan.plan))
      publications.set(source, publication);
  }
  return planned;
}

function required(planned: PlannedPipeline | undefined): PlannedPipeline {
  if (planned === undefined) throw new Error('a pipeline was observed and not planned');
  return planned;
}

function finished(pipeline: Pipeline, record: string, { hash }: Terms): PipelinePlan {
  return {
    ...outlineOf(pipeline),
    basis: { ...noBasis, configuration: configurationHash(pipeline, hash), record },
    action: 'none',
    because: 'applied by the interrupted run',
  };
}

function unobserved(
  pipeline: Pick<Pipeline, 'address' | 'place' | 'tags'>,
  failure: readonly Diagnostic[],
): PipelinePlan {
  return {
    ...outlineOf(pipeline),
    basis: noBasis,
    action: 'blocked',
    blockedBy: 'error',
    because: failure[0]?.message ?? '',
  };
}

/** Returns the outline of a pipeline that was not observed. */
function outlineOf(pipeline: Pick<Pipeline, 'address' | 'place' | 'tags'>) {
  return {
    address: pipeline.address,
    file: pipeline.place.file,
    tags: pipeline.tags,
    tables: [],
    destinations: [],
    estimates: {},
    changes: [],
    steps: [],
  };
}
