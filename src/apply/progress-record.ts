import type { AppliedRecord, SentNote } from '../model/world/applied-record.ts';
import type { Delivered } from '../model/ports/destination-port.ts';
import type { Lock } from '../model/ports/state-port.ts';

/** Records the progress of a run; each call leaves the record as the next run must find it. */
export interface ProgressRecord {
  /** Records what there is, unless that is recorded already. */
  save(): Promise<void>;
  delivered(destination: number, written: Delivered): Promise<void>;
  /**
   * A server will be asked to publish, was asked and named its job, or (undefined) surely has not done it. What could not be
   * noted before it is asked is not sent, so it does not count.
   */
  sent(destination: number, note: SentNote | undefined): Promise<void>;
}

/** The deliveries of a run so far. */
export interface Reached {
  delivered: Map<number, Delivered>;
  sent: Map<number, SentNote>;
}

/**
 * Writes the record again and again: after what was built has its place, and after each delivery. A run that ends
 * in between, however it ends, leaves nothing that the next one would take for another's doing. Destinations are
 * written side by side, so one write waits for the one before.
 */
export function recordProgress(
  lock: Pick<Lock, 'write'>,
  seen: string | undefined,
  reached: Reached,
  describe: () => AppliedRecord,
): ProgressRecord {
  let version = seen;
  let written: string | undefined;
  let last: Promise<void> = Promise.resolve();
  const write = async () => {
    const record = describe();
    const text = JSON.stringify(record);
    if (text === written) return;
    version = await lock.write(record, version);
    written = text;
  };
  const save = () => {
    const next = last.then(write);
    // A later write is worth trying: it says what this one would have said.
    last = next.catch(() => undefined);
    return next;
  };
  const keep = (destination: number, note: SentNote | undefined) => {
    if (note === undefined) reached.sent.delete(destination);
    else reached.sent.set(destination, note);
  };
  return {
    save,
    delivered(destination, result) {
      reached.delivered.set(destination, result);
      reached.sent.delete(destination);
      return save();
    },
    async sent(destination, note) {
      const before = reached.sent.get(destination);
      keep(destination, note);
      try {
        await save();
      } catch (error) {
        if (note !== undefined && note.job === undefined) keep(destination, before);
        throw error;
      }
    },
  };
}
