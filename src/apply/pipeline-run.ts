import { performance } from 'node:perf_hooks';
import type { Semaphore } from '../model/base/limit.ts';
import type { Step } from '../model/plan/step.ts';
import type { DoneElsewhere } from './done-elsewhere.ts';
import type { Listener, ReportProgress } from './events.ts';
import { isBuilding, type Places, type StepPlace } from './places.ts';
import type { PipelineReport } from './report.ts';
import { schedule, type Scheduled } from './schedule.ts';
import type { StepResult } from './steps/step.ts';

/** A pipeline that is to be applied, or removed: its steps, and how they are performed once its lock is held. */
export interface PipelineRun {
  address: string;
  /** Pipelines that must have ended before this one begins, where they are part of the same apply. */
  after: readonly string[];
  steps: readonly Step[];
  /** Returns the place that a step takes while it is performed, if it takes one. */
  placeOf(step: Step): StepPlace | undefined;
  /** Takes the lock, unless nothing is left to do, because another process has done the same meanwhile. */
  begin(): Promise<BegunRun | DoneElsewhere>;
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
  /** Aborted when no further pipeline is to begin; those under way continue. */
  draining?: AbortSignal | undefined;
  /** Shared by all pipelines. */
  places: Places;
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
  /** Steps of building that have not ended; with the last one the place of the build is free. */
  readonly #unbuilt: Set<string>;
  #leaveBuild: (() => void) | undefined;
  #doneElsewhere: DoneElsewhere | undefined;
  /** It, or the publication that it waited for, was to begin when nothing was to begin any longer. */
  #isLeft = false;
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
    this.#unbuilt = new Set(run.steps.filter(isBuilding).map(({ id }) => id));
  }

  /** Waits until there is a place, and runs. Resolves when the run has ended, whatever came of it. */
  async execute(): Promise<void> {
    const { places } = this.#settings;
    const leave = await this.#enter(places.pipeline);
    try {
      // It comes before the lock, so that a pipeline which waits for it can be applied by another run.
      if (this.#unbuilt.size > 0) this.#leaveBuild = await this.#enter(places.build);
      if (this.#settings.draining?.aborted === true) this.#leave();
      else await this.#runSteps();
    } finally {
      this.#endBuild();
      leave?.();
    }
  }

  #leave(): void {
    this.#isLeft = true;
    this.#settings.listener({ type: 'done', address: this.#run.address, outcome: 'interrupted', seconds: 0 });
  }

  async #runSteps(): Promise<void> {
    const { listener } = this.#settings;
    const { address, steps } = this.#run;
    const began = performance.now();
    listener({ type: 'began', address });
    try {
      this.#signal.throwIfAborted();
      const begun = await this.#run.begin();
      if ('record' in begun) this.#doneElsewhere = begun;
      else this.#begun = begun;
    } catch (error) {
      this.#fail('lock', error);
      listener({ type: 'failed', address, error });
    }
    await schedule(steps, (step) => this.#performInPlace(step));
    try {
      await this.#begun?.end();
    } catch (error) {
      this.#fail('clean up', error);
    }
    this.#seconds = (performance.now() - began) / 1000;
    listener({ type: 'done', address, outcome: this.report().outcome, seconds: this.#seconds });
  }

  /** Takes a place; none if the run is to end before there is one. */
  async #enter(place: Semaphore): Promise<(() => void) | undefined> {
    try {
      return await place(this.#signal);
    } catch (error) {
      if (!this.#signal.aborted) throw error;
      return undefined;
    }
  }

  #endBuild(): void {
    this.#leaveBuild?.();
    this.#leaveBuild = undefined;
  }

  /** There is nothing to report: what was done is in the report of the process that did it. */
  get doneElsewhere(): DoneElsewhere | undefined {
    return this.#doneElsewhere;
  }

  report(): PipelineReport {
    return this.#run.report({
      steps: this.#ended,
      isComplete: this.#performed === this.#run.steps.length,
      isInterrupted: this.#isLeft || this.#settings.interrupted.aborted,
      failure: this.#failure,
      seconds: this.#seconds,
    });
  }

  async #performInPlace(step: Step): Promise<boolean> {
    const place = this.#run.placeOf(step);
    if (place === undefined) return this.#perform(step);
    const leave = await this.#enter(this.#settings.places[place]);
    try {
      return await this.#perform(step);
    } finally {
      leave?.();
    }
  }

  /** Performs one step; returns false if what waits for it must not begin. */
  async #perform(step: Step): Promise<boolean> {
    const { listener, interrupted, draining } = this.#settings;
    const { address } = this.#run;
    if (this.#signal.aborted || this.#begun === undefined) return false;
    const began = performance.now();
    listener({ type: 'started', address, step });
    try {
      const result = await this.#begun.perform(step, reporting(listener, address, step), this.#signal);
      const seconds = (performance.now() - began) / 1000;
      this.#performed += 1;
      if (this.#unbuilt.delete(step.id) && this.#unbuilt.size === 0) this.#endBuild();
      if (result.isSkipped !== true) this.#ended.push({ id: step.id, seconds });
      listener({ type: 'ended', address, step, seconds, ...result });
      return true;
    } catch (error) {
      if (draining?.aborted === true && error === draining.reason) this.#isLeft = true;
      // A step that fails because another one has failed, or because of an interruption, is not reported.
      if (this.#failure === undefined && !interrupted.aborted && !this.#isLeft)
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
