import type { RunState } from '../run-state.ts';
import type { PerformStep } from './step.ts';

/** Records what was applied. */
export const record: PerformStep<'record', RunState> = async (_, state) => {
  await state.record.save();
  return {};
};
