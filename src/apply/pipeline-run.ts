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

/** The progress of a pipeline run. */
export interface RunFacts {
  /** Steps that have ended, in the order in which they did; without those that were skipped. */
  steps: readonly { id: string; seconds: number }[];
  /** Every step has ended. */
  isComplete: boolean;
  isInterrupted: boolean;
  failure: PipelineReport['failure'];
  seconds: number;
}

export interface RunSettings {
  listener: Listener;
  interrupted: AbortSignal;
  /** Limits the tables that are read at once, over all pipelines. */
  readTurn: Limit;
}

/** Runs the steps of one pipeline under its lock. The first failure stops what is under way and skips the rest. */
export class RunningPipeline implements Scheduled {
  readonly id: string;
  readonly after: readonly string[];
  readonly #run: PipelineRun;
  readonly #settings: RunSettings;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #begun: BegunRun | undefined;
  #failure: PipelineReport['failure'];
  #seconds = 0;
  /** Steps that have ended, those that were skipped among them. */
  #performed = 0;
  readonly #ended: { id: string; seconds: number }[] = [];

  constructor(run: PipelineRun, settings: RunSettings) {
    this.id = run.address;
    this.after = run.after;
    this.#run = run;
    this.#settings = settings;
    this.#signal = AbortSignal.any([this.#stop.signal, settings.interrupted]);
  }

  /** Resolves when the run has ended, whatever came of it. */
  async execute(): Promise<void> {
    const { listener, readTurn } = this.#settings;
    const { address, steps } = this.#run;
    const began = performance.now();
    listener({ type: 'began', address });
    try {
      this.#signal.throwIfAborted();
      this.#begun = await this.#run.begin();
    } catch (error) {
      this.#fail('lock', error);
      listener({ type: 'failed', address, error });
    }
    await schedule(steps, (step) =>
      readsSource(step) ? readTurn(() => this.#perform(step)) : this.#perform(step),
    );
    try {
      await this.#begun?.end();
    } catch (error) {
      this.#fail('clean up', error);
    }
    this.#seconds = (performance.now() - began) / 1000;
    listener({ type: 'done', address, outcome: this.report().outcome, seconds: this.#seconds });
  }

  report(): PipelineReport {
    return this.#run.report({
      steps: this.#ended,
      isComplete: this.#performed === this.#run.steps.length,
      isInterrupted: this.#settings.interrupted.aborted,
      failure: this.#failure,
      seconds: this.#seconds,
    });
  }

  /** Performs one step; returns false if what waits for it must not begin. */
  async #perform(step: Step): Promise<boolean> {
    const { listener, interrupted } = this.#settings;
    const { address } = this.#run;
    if (this.#signal.aborted || this.#begun === undefined) return false;
    const began = performance.now();
    listener({ type: 'started', address, step });
    try {
      const result = await this.#begun.perform(step, reporting(listener, address, step), this.#signal);
      const seconds = (performance.now() - began) / 1000;
      this.#performed += 1;
      if (result.isSkipped !== true) this.#ended.push({ id: step.id, seconds });
      listener({ type: 'ended', address, step, seconds, ...result });
      return true;
    } catch (error) {
      // A step that fails because another one has failed, or because of an interruption, is not reported.
      if (this.#failure === undefined && !interrupted.aborted)
        listener({ type: 'failed', address, step, error });
      this.#fail(step.id, error);
      return false;
    }
  }

  #fail(step: string, error: unknown): void {
    this.#failure ??= { step, error };
    this.#stop.abort(error);
  }
}

function reporting(listener: Listener, address: string, step: Step): ReportProgress {
  return (news) => {
    if ('waiting' in news) listener({ type: 'waiting', address, step, text: news.waiting });
    else listener({ type: 'progress', address, step, progress: news });
  };
}
