import { performance } from 'node:perf_hooks';
import type { Step } from '../model/plan.ts';
import type { StatePort } from '../model/ports.ts';
import type { Conduct } from './conduct.ts';
import type { Listener } from './events.ts';
import type { PipelineReport } from './report.ts';

/** A pipeline that is gone from the configuration. */
export interface Leaving {
  address: string;
  /** Of the record that the plan was made from. */
  version: string;
  state: StatePort;
}

const step: Step = { id: 'forget', kind: 'forget', after: [], because: [] };

/** Removes the record of a pipeline that will no longer be managed, under its lock, and touches nothing else. */
export function conductForgetting(
  { address, version, state }: Leaving,
  listener: Listener,
  interrupted: AbortSignal,
): Conduct {
  const began = performance.now();
  const secondsSince = (time: number) => (performance.now() - time) / 1000;
  let failure: PipelineReport['failure'];
  let seconds = 0;
  let done = false;

  return {
    address,
    steps: [step],
    get failed() {
      return interrupted.aborted || failure !== undefined;
    },
    begin: () => Promise.resolve(),
    async perform() {
      const stepBegan = performance.now();
      listener({ type: 'started', address, step });
      try {
        const lock = await state.lock(address);
        try {
          await lock.remove(version);
        } finally {
          await lock.release();
        }
        done = true;
        listener({ type: 'ended', address, step, seconds: secondsSince(stepBegan) });
      } catch (error) {
        failure = { step: step.id, error };
        listener({ type: 'failed', address, step, error });
        throw error;
      }
    },
    end() {
      seconds = secondsSince(began);
      return Promise.resolve();
    },
    report: () => ({
      address,
      outcome: done ? 'forgotten' : failure === undefined ? 'interrupted' : 'failed',
      tables: [],
      checks: [],
      destinations: [],
      seconds,
      ...(failure === undefined ? {} : { failure }),
    }),
  };
}
