import { performance } from 'node:perf_hooks';
import type { Step } from '../model/plan/step.ts';
import type { Lock, StatePort } from '../model/ports/state-port.ts';
import type { Existing } from '../model/ports/destination-port.ts';
import { appliedMeanwhile } from './lock.ts';
import type { PipelineRun } from './conduct.ts';
import type { Listener } from './events.ts';
import type { PipelineReport } from './report.ts';
import { required } from './required.ts';

/** A pipeline that is gone from the configuration. */
export interface Removal {
  address: string;
  /** Of the record that the plan was made from. */
  version: string;
  state: StatePort;
  /** What was made for it and has to go, too; undefined where only the record goes. */
  deletions: readonly Deletion[] | undefined;
}

export interface Deletion {
  target: string;
  remove: (signal: AbortSignal) => Promise<Existing>;
}

/**
 * Gives up a pipeline under its lock: deletes what was made for it, where that is wanted, and then its
 * record. While something cannot be deleted the record stays, so that the next run tries again.
 */
// eslint-disable-next-line max-lines-per-function -- its steps share the state of one run
export function removePipeline(
  { address, version, state, deletions }: Removal,
  listener: Listener,
  interrupted: AbortSignal,
): PipelineRun {
  const began = performance.now();
  const secondsSince = (time: number) => (performance.now() - time) / 1000;
  const steps = stepsFor(deletions ?? []);
  const removed: { target: string; standing: Existing }[] = [];
  let lock: Lock | undefined;
  let failure: PipelineReport['failure'];
  let seconds = 0;
  let done = false;
  const ended: { id: string; seconds: number }[] = [];

  const act = async (step: Step) => {
    const held = required(lock, 'lock');
    if (step.kind === 'forget') {
      await held.remove(version);
      done = true;
      return;
    }
    if (step.kind !== 'delete') throw new Error(`${step.kind} is nothing that forgetting takes`);
    await held.confirm();
    const deletion = required(
      deletions?.find(({ target }) => target === step.target),
      step.target,
    );
    removed.push({ target: step.target, standing: await deletion.remove(interrupted) });
  };

  return {
    address,
    after: [],
    steps,
    get failed() {
      return interrupted.aborted || failure !== undefined;
    },
    async begin() {
      try {
        interrupted.throwIfAborted();
        lock = await state.lock(address);
        if ((await state.read(address))?.version !== version) throw appliedMeanwhile(address);
      } catch (error) {
        if (!interrupted.aborted) listener({ type: 'failed', address, error });
        failure = { step: 'lock', error };
        throw error;
      }
    },
    async perform(step) {
      const stepBegan = performance.now();
      listener({ type: 'started', address, step });
      try {
        await act(step);
        const took = secondsSince(stepBegan);
        ended.push({ id: step.id, seconds: took });
        listener({ type: 'ended', address, step, seconds: took });
      } catch (error) {
        failure ??= { step: step.id, error };
        listener({ type: 'failed', address, step, error });
        throw error;
      }
    },
    async end() {
      await lock?.release();
      seconds = secondsSince(began);
    },
    report: () => ({
      address,
      outcome: done
        ? deletions === undefined
          ? 'forgotten'
          : 'deleted'
        : failure === undefined || interrupted.aborted
          ? 'interrupted'
          : 'failed',
      tables: [],
      checks: [],
      destinations: [],
      ...(removed.length > 0 && { removed }),
      seconds,
      steps: ended,
      ...(failure === undefined || interrupted.aborted ? {} : { failure }),
    }),
  };
}

/** One after the other: what is seen by others goes before what it was made of. */
function stepsFor(deletions: readonly Deletion[]): Step[] {
  const deleting = deletions.map(({ target }, index): Step => ({
    id: `delete ${index + 1}`,
    kind: 'delete',
    target,
    after: index === 0 ? [] : [`delete ${index}`],
    because: [],
  }));
  const last = deleting.at(-1);
  return [
    ...deleting,
    { id: 'forget', kind: 'forget', after: last === undefined ? [] : [last.id], because: [] },
  ];
}
