import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** One look at a process and its descendants, by /proc. */
export interface TreeUsage {
  /** Resident bytes of all of them together. */
  resident: number;
  /** The part that is no file: the part of the memory that the system cannot take back. */
  anonymous: number;
  /** CPU seconds by process id, of hyperd alone. */
  hyperd: ReadonlyMap<number, number>;
}

export function usageOfTree(root: number): TreeUsage {
  const hyperd = new Map<number, number>();
  let resident = 0;
  let anonymous = 0;
  for (const pid of withDescendants(root)) {
    const status = readProc(`${pid}/status`);
    resident += kilobytes(status, 'VmRSS');
    anonymous += kilobytes(status, 'RssAnon');
    if (isHyperd(pid)) hyperd.set(pid, cpuOf(pid).own);
  }
  return { resident, anonymous, hyperd };
}

/** The name of its process changes while it starts. */
function isHyperd(pid: number): boolean {
  try {
    return path.basename(readlinkSync(`/proc/${pid}/exe`)) === 'hyperd';
  } catch {
    return false;
  }
}

/** CPU seconds of a server: of its processes, and of those that have ended. `except` are processes that do not count. */
export function cpuOfServer(postmaster: number, except: readonly number[]): number {
  const { own, ended } = cpuOf(postmaster);
  const living = childrenOf(postmaster).filter((pid) => !except.includes(pid));
  return living.reduce((sum, pid) => sum + cpuOf(pid).own, own + ended);
}

/** CPU seconds of all processes that this one has started and waited for, with those that they waited for. */
export const cpuOfEndedChildren = () => cpuOf(process.pid).ended;

/** The bytes of all files in a folder, except one. */
export function bytesBelow(folder: string, except: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (file === except) continue;
    try {
      bytes += entry.isDirectory() ? bytesBelow(file, except) : lstatSync(file).size;
    } catch (error) {
      // Temporary files come and go between the list and the look.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return bytes;
}

function withDescendants(root: number): number[] {
  const found = [root];
  for (const pid of found) found.push(...childrenOf(pid));
  return found;
}

function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) =>
    readProc(`${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Its own CPU seconds, and those of the children that it has waited for (proc(5)). */
function cpuOf(pid: number): { own: number; ended: number } {
  const fields = readProc(`${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
  const seconds = (...at: number[]) => at.reduce((sum, index) => sum + Number(fields[index] ?? 0) / 100, 0);
  return { own: seconds(11, 12), ended: seconds(13, 14) };
}

const kilobytes = (status: string, name: string) =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;

/** Returns a file of /proc, or nothing if the process has ended. */
function readProc(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, 'utf8');
  } catch {
    return '';
  }
}
