import type { BegunRun, OpenRun } from '../../model/ports/state-port.ts';
import { nameOf, thisRun, type Holder } from '../holder.ts';
import { parseNote, runName, runOfName } from '../record.ts';
import type { Objects } from './objects.ts';

type RunNote = BegunRun & Holder;

export interface Runs {
  begin(run: BegunRun, job: string | undefined): Promise<void>;
  end(id: string): Promise<void>;
  open(): Promise<OpenRun[]>;
}

/** Notes of runs as objects beside the records. Of the process that wrote one nothing is known. */
export function openRunNotes(objects: Objects, folder: string, signal: AbortSignal): Runs {
  // What has been done is noted also when the run was interrupted.
  const unstoppable = new AbortController().signal;
  return {
    async begin(run, job) {
      const note: RunNote = { ...run, ...thisRun(job) };
      await objects.put(folder + runName(run.id), JSON.stringify(note), undefined, signal);
    },
    async end(id) {
      const key = folder + runName(id);
      const found = await objects.get(key, unstoppable);
      if (found !== undefined) await objects.remove(key, found.etag, unstoppable);
    },
    async open() {
      const notes = (await objects.list(folder, signal)).filter(({ name }) => runOfName(name) !== undefined);
      const found = await Promise.all(
        notes.map(async ({ name }) => ({ name, stored: await objects.get(folder + name, signal) })),
      );
      return found.flatMap(({ name, stored }): OpenRun[] => {
        if (stored === undefined) return [];
        const { id, addresses, ...holder } = parseNote(folder + name, stored.text);
        return [{ id, addresses, holder: { name: nameOf(holder), since: holder.since, alive: 'unknown' } }];
      });
    },
  };
}
