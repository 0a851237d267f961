import { refuseRejected } from '../rejection.ts';
import { buildOf, type RunState } from '../run-state.ts';
import type { PerformStep } from './step.ts';

/** Performs the checks on the new extract; fails if it may not be delivered. */
export const check: PerformStep<'check', RunState> = async (_, state, { signal }) => {
  const { job, snapshots } = state;
  await snapshots.end();
  const last = Object.entries(job.seen.record?.tables ?? {});
  const lastRows = Object.fromEntries(last.map(([name, { rows }]) => [name, rows]));
  const build = buildOf(state);
  state.checks = await build.check({ lastRows, now: job.now() }, signal);
  await refuseRejected(build, job.pipeline, state.checks, job.keepRejected);
  return {};
};
