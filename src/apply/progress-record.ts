import type { AppliedRecord, SentNote } from '../model/world/applied-record.ts';
import type { Delivered } from '../model/ports/destination-port.ts';
import type { Lock } from '../model/ports/state-port.ts';

/** Records the progress of a run; each call leaves the record as the next run must find it. */
export interface ProgressRecord {
  /** Writes the record of the results so far, unless it is written already. */
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
 * Writes the record as the run proceeds: after the extract has replaced the old one, and after each delivery. However a run
 * ends in between, the next one does not take its output for drift. Destinations are written side by side, so each write
 * of the record waits for the one before.
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
