import { readdir, readFile, readlink } from 'node:fs/promises';

export interface FileWatch {
  /** The file was read to its end: tells what was not told yet. */
  finish(size: number): void;
  stop(): void;
}

/**
 * Sees from outside how far a process has read a file: Linux shows the position of every open file in
 * /proc/PID/fdinfo (proc(5)). Where that is not to be had, nothing is told before the end.
 */
export function watchFile(pid: number, file: string, progress: (bytes: number) => void): FileWatch {
  let told = 0;
  const tell = (position: number) => {
    if (position <= told) return;
    progress(position - told);
    told = position;
  };
  const timer = setInterval(() => void positionOf(pid, file).then(tell), 500);
  timer.unref();
  return {
    finish: tell,
    stop: () => clearInterval(timer),
  };
}

async function positionOf(pid: number, file: string): Promise<number> {
  try {
    for (const fd of await readdir(`/proc/${pid}/fd`)) {
      if ((await readlink(`/proc/${pid}/fd/${fd}`)) !== file) continue;
      return Number(/^pos:\s*(\d+)/.exec(await readFile(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1] ?? 0);
    }
  } catch {
    // No /proc, or the file was closed between two looks: nothing is known, nothing is told.
  }
  return 0;
}
