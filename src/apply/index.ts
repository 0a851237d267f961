import type { Publication } from '../model/plan/step.ts';
import { applyRun, type ApplyRun } from './apply-run.ts';
import type { Listener } from './events.ts';
import type { Job } from './job.ts';
import { openPlaces, type ApplyLimits, type Places } from './places.ts';
import { RunningPipeline, type PipelineRun } from './pipeline-run.ts';
import { removalRun } from './removal.ts';
import type { Removal } from './removal-state.ts';
import type { Report } from './report.ts';
import { schedule } from './schedule.ts';

export interface ApplySettings {
  limits: ApplyLimits;
  signal: AbortSignal;
  /** Aborted when no further pipeline is to begin; those under way continue. */
  draining?: AbortSignal | undefined;
  listener: Listener;
}

/** The pipelines of an apply, and the removals. */
export interface Work {
  jobs: readonly Job[];
  removals: readonly Removal[];
}

/**
 * Applies a plan. A pipeline that fails does not stop the others: the report has the outcome of each. Never throws for a
 * failure in a pipeline.
 */
export async function applyPlan({ jobs, removals }: Work, settings: ApplySettings): Promise<Report> {
  const runs = new Map<string, ApplyRun>();
  const hasPublished = ({ pipeline, target }: Publication) =>
    runs.get(pipeline)?.hasDelivered(target) === true;
  const places = openPlaces(settings.limits);
  const run = { hasPublished, places, draining: settings.draining };
  for (const job of jobs) runs.set(job.plan.address, applyRun(job, run));
  const applied = await runAll([...runs.values()], settings, places);
  // Nothing is removed before everything that replaces it is there.
  const removed = await runAll(removals.map(removalRun), settings, places);
  const all = [...applied, ...removed];
  const ours = all.filter((one) => one.doneElsewhere === undefined);
  const doneElsewhere = all.flatMap((one) =>
    one.doneElsewhere === undefined ? [] : { address: one.id, ...one.doneElsewhere },
  );
  return {
    pipelines: ours.map((one) => one.report()),
    ...(doneElsewhere.length > 0 && { doneElsewhere }),
  };
}

async function runAll(
  runs: readonly PipelineRun[],
  { signal, draining, listener }: ApplySettings,
  places: Places,
): Promise<readonly RunningPipeline[]> {
  const pipelines = runs.map(
    (run) => new RunningPipeline(run, { listener, interrupted: signal, draining, places }),
  );
  await schedule(pipelines, async (one) => {
    await one.execute();
    return true;
  });
  return pipelines;
}
