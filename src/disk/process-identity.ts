import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Identifies one process, as far as this machine can. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks from boot to its start: distinguishes it from a later process with the same number. Empty without /proc. */
  started: string;
  /** One boot of one machine, or undefined where the system does not say. */
  boot?: string;
  /** The PID namespace: in another container the same number is another process. */
  pidNamespace?: string;
}

let identity: Promise<ProcessIdentity> | undefined;

export function thisProcess(): Promise<ProcessIdentity> {
  return (identity ??= identify());
}

async function identify(): Promise<ProcessIdentity> {
  const [started, boot, pidNamespace] = await Promise.all([
    startOf(process.pid),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
      (text) => text.trim(),
      () => undefined,
    ),
    readlink('/proc/self/ns/pid').catch(() => undefined),
  ]);
  return {
    pid: process.pid,
    started,
    ...(boot !== undefined && { boot }),
    ...(pidNamespace !== undefined && { pidNamespace }),
  };
}

/** Returns whether a process of this machine and PID namespace still runs. */
export async function isRunning({
  pid,
  started,
}: Pick<ProcessIdentity, 'pid' | 'started'>): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return (await startOf(pid)) === started;
}

/** Field 22 of /proc/PID/stat (proc(5)); empty where there is no such file. The name in brackets may hold spaces. */
async function startOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** Names of files that a process makes for a moment carry it, so that a later one knows whether they are abandoned. */
export async function ownMark(): Promise<string> {
  const { pid, started } = await thisProcess();
  return `${pid}-${started === '' ? '0' : started}-${await ownMachine()}`;
}

/** Returns whether the process that a mark names has ended; false where that cannot be known. */
export async function isAbandoned(mark: string): Promise<boolean> {
  const [, pid, started, machine] = /^(\d+)-(\d+)-([0-9a-f]{12})$/.exec(mark) ?? [];
  if (pid === undefined || machine !== (await ownMachine())) return false;
  return !(await isRunning({ pid: Number(pid), started: started === '0' ? '' : (started ?? '') }));
}

/** A short name for this boot of this machine and this PID namespace. */
async function ownMachine(): Promise<string> {
  const { boot = hostname(), pidNamespace = '' } = await thisProcess();
  return createHash('sha256').update(`${boot} ${pidNamespace}`).digest('hex').slice(0, 12);
}
