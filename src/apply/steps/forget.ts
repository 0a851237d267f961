import type { RemovalState } from '../removal-state.ts';
import type { PerformStep } from './step.ts';

/** Removes the record of a pipeline. */
export const forget: PerformStep<'forget', RemovalState> = async (_, state) => {
  await state.lock.remove(state.removal.version);
  state.isRecorded = true;
  return {};
};
