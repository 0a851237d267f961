import type { Lock } from '../model/ports/state-port.ts';
import type { AppliedRecord } from '../model/world/applied-record.ts';
import { RunError } from '../model/errors/run-error.ts';
import type { DoneElsewhere } from './done-elsewhere.ts';
import type { Job } from './job.ts';
import { progressOfPlan } from './progress-of-plan.ts';

/**
 * Takes the lock of a pipeline and makes sure that nothing was recorded since the plan was made: the run that had the lock
 * before us may have applied. Resolves to the record if that was another process of the same shard, and nothing is left to do: job engines
 * sometimes start a shard twice. If the pipeline was renamed, both names are locked, because a run of an older configuration may still
 * be using the old one.
 */
export async function takeLock(job: Job): Promise<Lock | DoneElsewhere> {
  const { state, pipeline, seen } = job;
  const isRenamed = seen.address !== pipeline.address;
  const lock = await state.lock(pipeline.address);
  let held = lock;
  try {
    if (isRenamed) held = underBothNames(lock, await state.lock(seen.address));
    const stored = await state.read(seen.address);
    if (stored?.version === seen.version) return held;
    const written = isRenamed ? await state.read(pipeline.address) : stored;
    refuseOthers(job, written?.record);
    await held.release();
    return { record: written?.record };
  } catch (error) {
    await held.release();
    throw error;
  }
}

/** Throws EXT6005 unless the record was written by another process of this shard that has done all of its work. */
function refuseOthers({ pipeline: { address }, seal }: Job, record: AppliedRecord | undefined): void {
  const progress = progressOfPlan(record, seal);
  if (progress === undefined) throw appliedMeanwhile(address);
  if (progress === 'begun') throw begunMeanwhile(address);
}

/** Another process of the same shard has begun, and its end is not known: it may be under way still. */
function begunMeanwhile(address: string): RunError {
  return new RunError('EXT6005', `${address} was begun by another process of this shard meanwhile`, {
    hint: 'start the shard once more: it does what is missing',
    class: 'busy',
  });
}

export function appliedMeanwhile(address: string): RunError {
  return new RunError('EXT6005', `${address} was applied by another run since this plan was made`, {
    hint: 'plan again',
  });
}

/**
 * The record is written under the new name before the old one is removed, so that there is a record at every
 * moment.
 */
function underBothNames(lock: Lock, old: Lock): Lock {
  let hasMoved = false;
  return {
    lost: AbortSignal.any([lock.lost, old.lost]),
    async confirm() {
      await lock.confirm();
      await old.confirm();
    },
    async write(record, seen) {
      if (hasMoved) return lock.write(record, seen);
      const version = await lock.write(record, undefined);
      hasMoved = true;
      if (seen !== undefined) await old.remove(seen);
      return version;
    },
    remove: (seen) => old.remove(seen),
    async release() {
      await Promise.all([lock.release(), old.release()]);
    },
  };
}
