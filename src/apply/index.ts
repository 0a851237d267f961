import type { Publication } from '../model/plan.ts';
import { conductPipeline, type Conduct } from './conduct.ts';
import type { Listener, Progress } from './events.ts';
import { conductForgetting, type Leaving } from './forget.ts';
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
  leaving: readonly Leaving[] = [],
): Promise<Report> {
  const { listener, signal } = settings;
  const conducts: Conduct[] = [];
  const hasPublished = ({ pipeline, target }: Publication) =>
    conducts.some(
      (one) => one.address === pipeline && one.report().destinations.some((made) => made.target === target),
    );
  const progressText = (progress: Progress) => settings.words.progress(progress);
  conducts.push(
    ...jobs.map((job) => conductPipeline(job, { listener, progressText, interrupted: signal, hasPublished })),
  );
  const farewells = leaving.map((one) => conductForgetting(one, listener, signal));
  if (conducts.length > 0) await runTasks(conducts, settings);
  // Nothing goes before everything that comes is there.
  if (farewells.length > 0) await runTasks(farewells, settings);
  return { pipelines: [...conducts, ...farewells].map((conduct) => conduct.report()) };
}
