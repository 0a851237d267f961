import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { RunError } from '../../model/run-error.ts';
import type { Holder } from '../holder.ts';
import { lockName } from '../record.ts';

/** What a lock file says. */
export interface FileHolder extends Holder {
  /**
   * Time since boot in clock ticks at which the process started: tells a process from a later one of the same
   * number.
   */
  started: string;
  /** Tells this lock from any other. */
  token: string;
}

export function lockPath(folder: string, address: string): string {
  return path.join(folder, lockName(address));
}

/** Gives the draft its name, unless the name is taken. */
export async function claim(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

export async function readHolder(file: string): Promise<FileHolder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as FileHolder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new RunError('EXT6002', `cannot read the lock ${file}: ${(error as Error).message}`, {
      hint: 'if no run is under way, delete the file',
      cause: error,
    });
  }
}

/** Of another machine nothing can be known. */
export async function isAlive({ pid, host, started }: FileHolder): Promise<boolean | undefined> {
  if (host !== hostname()) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return (await startOf(pid)) === started;
}

/** Renaming decides between two who both saw the same dead holder: the second finds nothing to rename. */
export async function removeLock(file: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}.stale`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await rm(aside, { force: true });
}

/** Field 22 of /proc/PID/stat (proc(5)); empty where there is no such file. The name in brackets may hold spaces. */
export async function startOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
