import { recordedFile } from '../recorded-file.ts';
import { required } from '../required.ts';
import { supersedeSent, type RunState } from '../run-state.ts';
import type { PerformStep } from './step.ts';

/** Puts the extract into a package made like the template. */
export const pack: PerformStep<'package', RunState> = async (_, state, { signal }) => {
  const { job, lock, record } = state;
  const { sha256 } = required(job.plan.template, 'template');
  const inside = state.built ?? recordedFile.extract(job);
  const port = required(job.template, 'template');
  const packed = { ...(await port.package(inside, sha256, signal, () => lock.confirm())), inside };
  state.packed = packed;
  supersedeSent(state);
  await record.save();
  return { bytes: packed.size };
};
