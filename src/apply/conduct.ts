import { performance } from 'node:perf_hooks';
import type { Publication, Step } from '../model/plan/step.ts';
import { RunError } from '../model/errors/run-error.ts';
import type { Listener, Progress, ReportProgress } from './events.ts';
import { isRejection } from './rejection.ts';
import type { PipelineReport } from './report.ts';
import type { Job } from './job.ts';
import { startRun, type Run } from './run.ts';

/** One pipeline being applied: performs its steps, tells what happens, and keeps what came of it. */
export interface PipelineRun {
  address: string;
  /** Pipelines that must have ended before this one begins, where they are a part of the run. */
  after: readonly string[];
  steps: readonly Step[];
  /** Nothing more will be done: a step has failed or the run was interrupted. */
  readonly failed: boolean;
  begin(): Promise<void>;
  /** `show` gets a line of progress to draw. Rejects when the step fails, after it was told. */
  perform(step: Step, show: (text: string) => void): Promise<void>;
  end(): Promise<void>;
  report(): PipelineReport;
}

interface Conducting {
  listener: Listener;
  progressText: (progress: Progress) => string;
  interrupted: AbortSignal;
  /** Whether another pipeline has published this in this run. */
  hasPublished: (publication: Publication) => boolean;
}

// eslint-disable-next-line max-lines-per-function -- its steps share the state of one run
export function runPipeline(
  job: Job,
  { listener, progressText, interrupted, hasPublished }: Conducting,
): PipelineRun {
  const { address, steps, after = [] } = job.plan;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, interrupted]);
  const began = performance.now();
  let run: Run | undefined;
  let failure: PipelineReport['failure'];
  let seconds = 0;
  const done: { id: string; seconds: number }[] = [];
  let performed = 0;

  const fail = (step: string, error: unknown) => {
    failure ??= { step, error };
    stop.abort(error);
  };

  return {
    address,
    after,
    steps,
    get failed() {
      return signal.aborted;
    },
    async begin() {
      try {
        signal.throwIfAborted();
        run = await startRun(job, hasPublished);
      } catch (error) {
        fail('lock', error);
        listener({ type: 'failed', address, error });
        throw error;
      }
    },
    async perform(step, show) {
      if (run === undefined) throw new Error('a step before the beginning');
      const stepBegan = performance.now();
      listener({ type: 'started', address, step });
      try {
        const report: ReportProgress = (news) => {
          if ('waiting' in news) {
            show(news.waiting);
            listener({ type: 'waiting', address, step, text: news.waiting });
            return;
          }
          show(progressText(news));
          listener({ type: 'progress', address, step, progress: news });
        };
        const result = await run.perform(step, report, signal);
        const took = (performance.now() - stepBegan) / 1000;
        performed++;
        if (result.isSkipped !== true) done.push({ id: step.id, seconds: took });
        listener({ type: 'ended', address, step, seconds: took, ...result });
      } catch (error) {
        // What fails because another step has failed is not news.
        if (failure === undefined && !interrupted.aborted) listener({ type: 'failed', address, step, error });
        fail(step.id, error);
        throw error;
      }
    },
    async end() {
      try {
        await run?.end();
      } catch (error) {
        fail('clean up', error);
        throw error;
      } finally {
        seconds = (performance.now() - began) / 1000;
      }
    },
    report: () => ({
      address,
      // What had ended before the interruption is not undone by it.
      outcome: interrupted.aborted && performed < steps.length ? 'interrupted' : outcomeOf(failure),
      tables: run?.tables ?? [],
      checks: run?.checks ?? [],
      destinations: run?.delivered ?? [],
      ...(run !== undefined && run.unseen.length > 0 && { unseen: run.unseen }),
      ...(run?.isNothingNew === true && { nothingNew: true as const }),
      seconds,
      steps: done,
      ...(run?.snapshotSeconds === undefined ? {} : { snapshotSeconds: run.snapshotSeconds }),
      ...(failure === undefined || (interrupted.aborted && !isWorthReporting(failure.error))
        ? {}
        : { failure }),
    }),
  };
}

function outcomeOf(failure: PipelineReport['failure']): PipelineReport['outcome'] {
  if (failure === undefined) return 'applied';
  return isRejection(failure.error) ? 'rejected' : 'failed';
}

/** An interruption is no news to who has caused it; what it left half done is. */
function isWorthReporting(error: unknown): boolean {
  return error instanceof RunError && error.code === 'EXT5119';
}
