import { expectedRows } from '../increment.ts';
import { keysToVerify } from '../keys-to-verify.ts';
import { buildOf, supersedeSent, type RunState } from '../run-state.ts';
import { doingProgress } from './progress.ts';
import type { PerformStep } from './step.ts';

/** Verifies keys and counts, and puts the new extract into its place. */
export const finish: PerformStep<'finish', RunState> = async (_, state, { report, signal }) => {
  const { job, tables, lock, snapshots, record } = state;
  await snapshots.end();
  const build = buildOf(state);
  const doing = doingProgress(report);
  const keys = keysToVerify(job, tables);
  if (keys.length > 0) doing('verifying keys');
  await build.verifyKeys(keys, signal);
  const built = await build.finish(job.pipeline.relationships, expectedRows(job, tables), {
    confirm: () => lock.confirm(),
    doing,
  });
  state.built = built;
  supersedeSent(state);
  await record.save();
  return { bytes: built.size };
};
