import { isDeepStrictEqual } from 'node:util';
import { getOwn } from '../model/base/get-own.ts';
import { RunError } from '../model/errors/run-error.ts';
import type { Step } from '../model/plan/step.ts';
import type { Lock } from '../model/ports/state-port.ts';
import type { Written } from '../model/ports/destination-port.ts';
import type { Job } from './job.ts';
import type { AppliedRecord } from '../model/world/applied-record.ts';
import { takeLock } from './lock.ts';
import { isNeeded } from './needed.ts';
import { isNothingNew } from './nothing-new.ts';
import type { BegunRun, PipelineRun, RunFacts } from './pipeline-run.ts';
import { isRejection } from './rejection.ts';
import type { PipelineReport, TableReport } from './report.ts';
import type { StepPlace } from './places.ts';
import { openRunState, type RunState, type WholeRun } from './run-state.ts';
import { performApplyStep } from './steps/index.ts';
import { whileHeld } from './while-held.ts';

/** A run that applies one pipeline. */
export interface ApplyRun extends PipelineRun {
  /** Returns true if this run, or another process of the same shard, has delivered to the target meanwhile. */
  hasDelivered(target: string): boolean;
}

/** The run that applies one pipeline: builds its extract and delivers it. */
export function applyRun(job: Job, run: WholeRun): ApplyRun {
  let state: RunState | undefined;
  let elsewhere: AppliedRecord | undefined;
  const { address, steps, after = [] } = job.plan;
  return {
    address,
    after,
    steps,
    placeOf: (step) => placeOf(job, step),
    async begin() {
      const lock = await takeLock(job);
      if ('record' in lock) {
        elsewhere = lock.record;
        return lock;
      }
      state = openRunState(job, lock, run);
      return begunRun(state, lock);
    },
    hasDelivered: (target) =>
      elsewhere === undefined
        ? state !== undefined && deliveredBy(state).some((made) => made.target === target)
        : !isDeepStrictEqual(
            getOwn(job.seen.record?.destinations, target),
            getOwn(elsewhere.destinations, target),
          ),
    report: (facts) => reportOf(address, state, facts),
  };
}

/** A publication takes its places by itself: of the server's job, and while it is sent. Details alone have no job. */
function placeOf({ pipeline }: Job, step: Step): StepPlace | undefined {
  switch (step.kind) {
    case 'load':
    case 'change':
      return 'read';
    case 'deliver': {
      const isPublished =
        pipeline.destinations[step.destination]?.type === 'tableau' && step.details !== true;
      return isPublished ? undefined : 'upload';
    }
    default:
      return undefined;
  }
}

function begunRun(state: RunState, lock: Lock): BegunRun {
  const { job, run, tables } = state;
  return {
    perform: whileHeld(lock, (step, report, signal) => {
      signal.throwIfAborted();
      if (
        isNeeded(step, { haveRowsChanged: () => !isNothingNew(job, tables), hasPublished: run.hasPublished })
      )
        return performApplyStep(step, state, { report, signal });
      if (step.ifRowsDiffer === true) state.skipped += 1;
      else if (step.kind === 'deliver') state.unpublished.push(step.target);
      return Promise.resolve({ isSkipped: true as const });
    }),
    async end() {
      const settled = await Promise.allSettled([state.snapshots.end(), state.build?.abandon()]);
      await lock.release();
      const failed = settled.find((one) => one.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}

function reportOf(address: string, state: RunState | undefined, facts: RunFacts): PipelineReport {
  const { failure, isInterrupted, isComplete, seconds, steps } = facts;
  const unseen = state === undefined ? [] : sentWithoutAnswer(state);
  const unpublished = state?.unpublished ?? [];
  const held = state?.snapshots.heldSeconds;
  return {
    address,
    // What had ended before the interruption is not undone by it.
    outcome: isInterrupted && !isComplete ? 'interrupted' : outcomeOf(failure),
    tables: state === undefined ? [] : tablesOf(state),
    checks: state?.checks ?? [],
    destinations: state === undefined ? [] : deliveredBy(state),
    ...(unseen.length > 0 && { unseen }),
    ...(unpublished.length > 0 && { unpublished }),
    ...(state !== undefined && state.skipped > 0 && { nothingNew: true as const }),
    seconds,
    steps,
    ...(held !== undefined && { snapshotSeconds: held }),
    ...(failure !== undefined && (!isInterrupted || isWorthReporting(failure.error)) && { failure }),
  };
}

function outcomeOf(failure: PipelineReport['failure']): PipelineReport['outcome'] {
  if (failure === undefined) return 'applied';
  return isRejection(failure.error) ? 'rejected' : 'failed';
}

/** An interruption is known to the user who caused it; what it left half done is not. */
function isWorthReporting(error: unknown): boolean {
  return error instanceof RunError && error.code === 'EXT5119';
}

/** Tables in the order of the pipeline, with the rows that the finished file has. */
function tablesOf({ job, tables, built }: RunState): TableReport[] {
  const place = (name: string) => job.pipeline.tables.findIndex((table) => table.name === name);
  return tables
    .toSorted((a, b) => place(a.name) - place(b.name))
    .map((table) => {
      const inFile = built === undefined ? undefined : getOwn(built.rows, table.name);
      return { ...table, ...(inFile !== undefined && { inFile }) };
    });
}

function deliveredBy({ job, delivered, remarks }: RunState): PipelineReport['destinations'] {
  const taken = new Map<number, Pick<Written, 'size' | 'remark'>>([...delivered, ...remarks]);
  return [...taken].map(([index, { size, remark }]) => ({
    target: targetAt(job, index),
    size,
    ...(remark !== undefined && { remark }),
  }));
}

/** Returns the targets that this run has sent something to, and that have not answered. */
function sentWithoutAnswer({ job, sent, sentBefore }: RunState): string[] {
  return [...sent]
    .filter(([index, note]) => note !== sentBefore.get(index) && note.superseded !== true)
    .map(([index]) => targetAt(job, index));
}

const targetAt = ({ plan }: Job, index: number) => plan.destinations[index]?.target ?? '';
