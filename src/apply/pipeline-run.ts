import { performance } from 'node:perf_hooks';
import type { Limit } from '../model/base/limit.ts';
import type { Step } from '../model/plan/step.ts';
import type { Listener, ReportProgress } from './events.ts';
import type { PipelineReport } from './report.ts';
import { schedule, type Scheduled } from './schedule.ts';
import { readsSource, type StepResult } from './steps/step.ts';

/** A pipeline that is to be applied, or removed: its steps, and how they are performed once its lock is held. */
export interface PipelineRun {
  address: string;
  /** Pipelines that must have ended before this one begins, where they are part of the same apply. */
  after: readonly string[];
  steps: readonly Step[];
  /** Takes the lock. */
  begin(): Promise<BegunRun>;
  report(facts: RunFacts): PipelineReport;
}

/** A pipeline run that holds its lock. */
export interface BegunRun {
  perform(step: Step, report: ReportProgress, signal: AbortSignal): Promise<StepResult>;
  /** Releases everything, however far the run has come. */
  end(): Promise<void>;
}

/** How far a pipeline run has come. */
export interface RunFacts {
  begun: BegunRun | undefined;
  /** Steps that have ended, in the order in which they did; without those that were skipped. */
  steps: readonly { id: string; seconds: number }[];
  /** Every step has ended. */
  isComplete: boolean;
  isInterrupted: boolean;
  failure: PipelineReport['failure'];
  seconds: number;
}

export interface RunningPipeline extends Scheduled {
  /** Resolves when the run has ended, whatever came of it. */
  execute(): Promise<void>;
  report(): PipelineReport;
}

export interface RunSettings {
  listener: Listener;
  interrupted: AbortSignal;
  /** Limits the tables that are read at once, over all pipelines. */
  readTurn: Limit;
}

/** Runs the steps of one pipeline under its lock. The first failure stops what is under way and skips the rest. */
export function runPipeline(
  run: PipelineRun,
  { listener, interrupted, readTurn }: RunSettings,
): RunningPipeline {
  const { address, steps } = run;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, interrupted]);
  const ended: { id: string; seconds: number }[] = [];
  const facts: RunFacts = {
    begun: undefined,
    steps: ended,
    isComplete: false,
    isInterrupted: false,
    failure: undefined,
    seconds: 0,
  };
  let performed = 0;

  const fail = (step: string, error: unknown) => {
    facts.failure ??= { step, error };
    stop.abort(error);
  };

  const performStep = async (step: Step): Promise<boolean> => {
    if (signal.aborted || facts.begun === undefined) return false;
    const stepBegan = performance.now();
    listener({ type: 'started', address, step });
    try {
      const result = await facts.begun.perform(step, reporting(listener, address, step), signal);
      const seconds = (performance.now() - stepBegan) / 1000;
      performed += 1;
      if (result.isSkipped !== true) ended.push({ id: step.id, seconds });
      listener({ type: 'ended', address, step, seconds, ...result });
      return true;
    } catch (error) {
      // A step that fails because another one has failed, or because of an interruption, is not reported.
      if (facts.failure === undefined && !interrupted.aborted)
        listener({ type: 'failed', address, step, error });
      fail(step.id, error);
      return false;
    }
  };

  return {
    id: address,
    after: run.after,
    async execute() {
      const began = performance.now();
      listener({ type: 'began', address });
      try {
        signal.throwIfAborted();
        facts.begun = await run.begin();
      } catch (error) {
        fail('lock', error);
        listener({ type: 'failed', address, error });
      }
      await schedule(steps, (step) =>
        readsSource(step) ? readTurn(() => performStep(step)) : performStep(step),
      );
      try {
        await facts.begun?.end();
      } catch (error) {
        fail('clean up', error);
      }
      facts.seconds = (performance.now() - began) / 1000;
      listener({ type: 'done', address });
    },
    report: () =>
      run.report({ ...facts, isComplete: performed === steps.length, isInterrupted: interrupted.aborted }),
  };
}

function reporting(listener: Listener, address: string, step: Step): ReportProgress {
  return (news) =>
    'waiting' in news
      ? listener({ type: 'waiting', address, step, text: news.waiting })
      : listener({ type: 'progress', address, step, progress: news });
}
