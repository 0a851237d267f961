import type { RemovalState } from '../removal-state.ts';
import { required } from '../required.ts';
import type { PerformStep } from './step.ts';

/** Notes in the record that the folder of its item is missing from now on. */
export const noteMissing: PerformStep<'record', RemovalState> = async (_, state) => {
  const { removal, lock } = state;
  const { record } = required(await removal.state.read(removal.address), `record of ${removal.address}`);
  await lock.write({ ...record, missing: new Date().toISOString() }, removal.version);
  state.isRecorded = true;
  return {};
};
