import { readdir, readFile, readlink } from 'node:fs/promises';

export interface FileWatch {
  /** Reports the bytes not reported yet: the files were read to their ends. */
  finish(): void;
  stop(): void;
}

/**
 * Observes from outside how far a process has read files (their sizes by their paths): Linux shows the position of
 * every open file in /proc/PID/fdinfo (proc(5)). Where that is unavailable, nothing is reported before the end.
 */
export function watchFiles(
  pid: number,
  files: ReadonlyMap<string, number>,
  progress: (bytes: number) => void,
): FileWatch {
  const sizeOf = (file: string) => files.get(file) ?? 0;
  const read = new Map<string, number>();
  let reported = 0;
  let isStopped = false;
  const report = () => {
    const total = [...read.values()].reduce((sum, bytes) => sum + bytes, 0);
    if (total > reported) progress(total - reported);
    reported = Math.max(reported, total);
  };
  const look = async () => {
    const open = await positions(pid, files);
    if (open === undefined || isStopped) return;
    // What was open, and is no more, was read to its end.
    for (const [file, position] of read) if (position > 0 && !open.has(file)) read.set(file, sizeOf(file));
    for (const [file, position] of open) read.set(file, Math.max(position, read.get(file) ?? 0));
    report();
  };
  const timer = setInterval(() => void look(), 500);
  timer.unref();
  return {
    finish() {
      for (const file of files.keys()) read.set(file, sizeOf(file));
      report();
    },
    stop() {
      isStopped = true;
      clearInterval(timer);
    },
  };
}

/** Returns the positions of the files that are open now; undefined where they cannot be read. */
async function positions(
  pid: number,
  files: ReadonlyMap<string, number>,
): Promise<Map<string, number> | undefined> {
  const open = new Map<string, number>();
  try {
    for (const fd of await readdir(`/proc/${pid}/fd`)) {
      const file = await readlink(`/proc/${pid}/fd/${fd}`);
      if (!files.has(file)) continue;
      const facts = await readFile(`/proc/${pid}/fdinfo/${fd}`, 'utf8');
      open.set(file, Number(/^pos:\s*(\d+)/.exec(facts)?.[1] ?? 0));
    }
    return open;
  } catch {
    // No /proc, or a file was closed between two reads: nothing is known, so nothing is reported.
    return undefined;
  }
}
