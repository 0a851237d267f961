import type { RemovalState } from '../removal-state.ts';
import { required } from '../required.ts';
import type { PerformStep } from './step.ts';

/** Deletes one output of a removed pipeline, if it is still as extracts left it. */
export const deleteOutput: PerformStep<'delete', RemovalState> = async (step, state, { signal }) => {
  const { removal, lock, removed } = state;
  await lock.confirm();
  const deletion = required(
    removal.deletions?.find(({ target }) => target === step.target),
    step.target,
  );
  removed.push({ target: step.target, standing: await deletion.remove(signal) });
  return {};
};
