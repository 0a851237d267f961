import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Lock } from '../../model/ports.ts';
import { RunError } from '../../model/run-error.ts';

interface Holder {
  pid: number;
  host: string;
  /** Time since boot in clock ticks at which the process started: tells a process from a later one of the same number. */
  started: string;
}

/**
 * Takes the lock file of an address or says who holds it. The file is made whole before it gets its name (a hard link
 * fails if the name is taken), so that nobody reads half a holder. A lock whose process is gone from this machine is
 * taken over; of another machine nothing is known, so its lock stands.
 */
export async function takeLock(folder: string, address: string): Promise<Lock> {
  const file = path.join(folder, `${encodeURIComponent(address)}.lock`);
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const me: Holder = { pid: process.pid, host: hostname(), started: await startOf(process.pid) };
  await mkdir(folder, { recursive: true });
  await writeFile(draft, JSON.stringify(me), { flag: 'wx' });
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      if (await claim(draft, file)) return { release: () => rm(file, { force: true }) };
      const holder = await readHolder(file);
      if (holder === undefined) continue;
      if (await isAlive(holder)) throw held(address, holder, file);
      await removeStale(file);
    }
    throw new RunError('EXT6003', `the lock of ${address} keeps changing hands`, { hint: 'try again' });
  } finally {
    await rm(draft, { force: true });
  }
}

async function claim(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function isAlive({ pid, host, started }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return (await startOf(pid)) === started;
}

/** Renaming decides between two who both saw the same dead holder: the second finds nothing to rename. */
async function removeStale(file: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}.stale`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await rm(aside, { force: true });
}

/** Field 22 of /proc/PID/stat (proc(5)); empty where there is no such file. The name in brackets may hold spaces. */
async function startOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function held(address: string, { pid, host }: Holder, file: string): RunError {
  return new RunError('EXT6004', `${address} is being applied by process ${pid} on ${host}`, {
    hint: `wait for it; if that machine is gone for good, delete ${file}`,
  });
}
