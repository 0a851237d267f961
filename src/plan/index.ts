import type { Diagnostic } from '../model/diagnostic.ts';
import type { Estimate, Observation } from '../model/observation.ts';
import type { Pipeline } from '../model/pipeline.ts';
import type { ForgottenPipeline, PipelinePlan, Plan, PlanSummary } from '../model/plan.ts';
import { planPipeline, type PlanOptions } from './pipeline.ts';

/** A pipeline, what was seen around it, and what went wrong while looking. */
export type Observed =
  | { pipeline: Pipeline; observation: Observation }
  /** The world could not be observed: the pipeline is blocked by these. */
  | { pipeline: Pipeline; failure: readonly Diagnostic[] };

/** The heart: what is wanted and what is there, in; what will be done and why, out. No I/O, no clock, no chance. */
export function buildPlan(
  observed: readonly Observed[],
  tool: string,
  options: PlanOptions = {},
  forgotten: readonly ForgottenPipeline[] = [],
): Plan {
  const diagnostics: Diagnostic[] = [];
  const pipelines = observed.map((one) => {
    if ('failure' in one) {
      diagnostics.push(...one.failure);
      return unobserved(one.pipeline, one.failure);
    }
    const planned = planPipeline(one.pipeline, one.observation, options);
    diagnostics.push(...planned.diagnostics);
    return planned.plan;
  });
  return { format: 1, tool, pipelines, forgotten, summary: summarize(pipelines), diagnostics };
}

function unobserved(pipeline: Pipeline, failure: readonly Diagnostic[]): PipelinePlan {
  return {
    address: pipeline.address,
    file: pipeline.place.file,
    action: 'blocked',
    blockedBy: 'error',
    because: failure[0]?.message ?? '',
    tables: [],
    destinations: [],
    changes: [],
    steps: [],
  };
}

function summarize(pipelines: readonly PipelinePlan[]): PlanSummary {
  const count = (...actions: PipelinePlan['action'][]) =>
    pipelines.filter(({ action }) => actions.includes(action)).length;
  const loads = pipelines.flatMap(({ steps }) => steps.filter((step) => step.kind === 'load'));
  return {
    create: count('create'),
    change: count('rebuild', 'deliver'),
    unchanged: count('none'),
    blocked: count('blocked'),
    ...named('rows', total(loads.map(({ rows }) => rows))),
    ...named('bytes', total(loads.map(({ bytes }) => bytes))),
    breaking: pipelines.flatMap(({ changes }) =>
      changes.filter(({ category }) => category === 'breaking').map(({ address }) => address),
    ),
  };
}

/** The sum, or nothing when a part of it is unknown. */
function total(estimates: readonly (Estimate | undefined)[]): Estimate | undefined {
  const known = estimates.filter((one) => one !== undefined);
  if (known.length < estimates.length) return undefined;
  return {
    value: known.reduce((sum, { value }) => sum + value, 0),
    exact: known.every(({ exact }) => exact),
  };
}

function named<Key extends string>(key: Key, value: Estimate | undefined): Partial<Record<Key, Estimate>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, Estimate>);
}
