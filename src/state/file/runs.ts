import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beginDraft, type Draft } from '../../disk/draft.ts';
import { reasonOf } from '../../disk/reason.ts';
import type { BegunRun, OpenRun } from '../../model/ports.ts';
import { RunError } from '../../model/run-error.ts';
import { nameOf, thisRun } from '../holder.ts';
import { parseNote, runName, runOfName } from '../record.ts';
import { isAlive, startOf, type FileHolder } from './lock-file.ts';

type RunNote = BegunRun & Omit<FileHolder, 'token'>;

export async function beginRun(folder: string, run: BegunRun, job: string | undefined): Promise<void> {
  const file = path.join(folder, runName(run.id));
  const note: RunNote = { ...run, ...thisRun(job), started: await startOf(process.pid) };
  let draft: Draft | undefined;
  try {
    draft = await beginDraft(file);
    await writeFile(draft.path, JSON.stringify(note), { flag: 'wx', mode: 0o600 });
    await draft.commit();
  } catch (error) {
    await draft?.discard();
    throw new RunError('EXT6001', `cannot write the state ${file}: ${reasonOf(error)}`, {
      hint: 'nothing was done; check the permissions of its folder',
      cause: error,
    });
  }
}

export async function endRun(folder: string, id: string): Promise<void> {
  await rm(path.join(folder, runName(id)), { force: true });
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
        const alive = await isAlive({ ...holder, token: '' });
        const words = alive === undefined ? 'unknown' : alive ? 'yes' : 'no';
        return { id, addresses, holder: { name: nameOf(holder), since: holder.since, alive: words } };
      }),
  );
}

async function noteIn(file: string): Promise<RunNote | undefined> {
  const text = await unlessGone(file, readFile(file, 'utf8'));
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
