import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../../disk/folder.ts';
import { thisProcess } from '../../disk/process-identity.ts';
import { reasonOf } from '../../disk/reason.ts';
import { readRegularFile } from '../../disk/regular-file.ts';
import type { BegunRun, OpenRun } from '../../model/ports/state-port.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { nameOf, thisRun } from '../holder.ts';
import { parseNote, runName, runOfName } from '../record.ts';
import { momentaryName } from './leftovers.ts';
import { isAlive, type FileHolder } from './lock-file.ts';

type RunNote = BegunRun & Omit<FileHolder, 'token'>;

export async function beginRun(folder: string, run: BegunRun, job: string | undefined): Promise<void> {
  const file = path.join(folder, runName(run.id));
  const note: RunNote = { ...run, ...thisRun(job), ...(await thisProcess()) };
  const draft = await momentaryName(file);
  try {
    await makeFolder(folder);
    await writeFile(draft, JSON.stringify(note), { flag: 'wx', mode: 0o600 });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw new RunError('EXT6001', `cannot write the state ${file}: ${reasonOf(error)}`, {
      hint: 'nothing was done; the folder must be writable and have room',
      cause: error,
    });
  }
}

export async function endRun(folder: string, id: string): Promise<void> {
  const file = path.join(folder, runName(id));
  try {
    await rm(file, { force: true });
  } catch (error) {
    throw new RunError('EXT6001', `cannot remove the note of a run ${file}: ${reasonOf(error)}`, {
      hint: 'the run itself has ended; delete the file',
      cause: error,
    });
  }
}

export async function openRuns(folder: string): Promise<OpenRun[]> {
  const names = (await unlessGone(folder, readdir(folder))) ?? [];
  const notes = await Promise.all(
    names.filter((name) => runOfName(name) !== undefined).map((name) => noteIn(path.join(folder, name))),
  );
  return Promise.all(
    notes
      .filter((note) => note !== undefined)
      .map(async ({ id, addresses, ...holder }): Promise<OpenRun> => {
        const alive = await isAlive(holder);
        const label = alive === undefined ? 'unknown' : alive ? 'yes' : 'no';
        return { id, addresses, holder: { name: nameOf(holder), since: holder.since, alive: label } };
      }),
  );
}

async function noteIn(file: string): Promise<RunNote | undefined> {
  const text = await unlessGone(file, readRegularFile(file));
  return text === undefined ? undefined : (parseNote(file, text) as RunNote);
}

/** There may have been no run yet, and one may end while we look. */
async function unlessGone<Found>(file: string, reading: Promise<Found>): Promise<Found | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new RunError('EXT6002', `cannot read ${file}: ${reasonOf(error)}`, { cause: error });
  }
}
