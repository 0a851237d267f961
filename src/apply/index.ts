import type { Publication } from '../model/plan/step.ts';
import { runPipeline, type PipelineRun } from './conduct.ts';
import type { Listener, Progress } from './events.ts';
import { removePipeline, type Removal } from './forget.ts';
import type { Report } from './report.ts';
import type { Job } from './job.ts';
import { runTasks, type Words } from './tasks.ts';

export interface ApplySettings {
  /** How many tables are read at once, over all pipelines; and how many pipelines are under way. */
  parallel: number;
  signal: AbortSignal;
  listener: Listener;
  /** The terminal to draw on; undefined to draw nothing and only tell the listener. */
  terminal: NodeJS.WriteStream | undefined;
  words: Words & { progress(progress: Progress): string };
}

/** The second interpreter of a plan: does it. Never throws for what goes wrong in a pipeline: the report tells. */
export async function applyJobs(
  jobs: readonly Job[],
  settings: ApplySettings,
  removed: readonly Removal[] = [],
): Promise<Report> {
  const { listener, signal } = settings;
  const runs: PipelineRun[] = [];
  const hasPublished = ({ pipeline, target }: Publication) =>
    runs.some(
      (one) => one.address === pipeline && one.report().destinations.some((made) => made.target === target),
    );
  const progressText = (progress: Progress) => settings.words.progress(progress);
  runs.push(
    ...jobs.map((job) => runPipeline(job, { listener, progressText, interrupted: signal, hasPublished })),
  );
  const removals = removed.map((one) => removePipeline(one, listener, signal));
  if (runs.length > 0) await runTasks(runs, settings);
  // Nothing goes before everything that comes is there.
  if (removals.length > 0) await runTasks(removals, settings);
  return { pipelines: [...runs, ...removals].map((conduct) => conduct.report()) };
}
