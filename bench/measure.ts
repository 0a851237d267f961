import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

export interface Measured {
  /** Wall-clock seconds. */
  seconds: number;
  /** User and system seconds of the process itself, without its children. */
  cpu: number;
  /** Largest resident set of the process itself, in bytes. */
  peak: number;
  stdout: string;
}

export interface MeasureOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Is called with the process id while the command runs. */
  look?: (pid: number) => void;
  /** Milliseconds between two looks. */
  every?: number;
}

/** Runs a command to its end and measures it from outside, by /proc: the last look before the end has the peak. */
export async function measure(
  command: string,
  args: readonly string[],
  { every = 50, ...options }: MeasureOptions = {},
): Promise<Measured> {
  const began = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let peak = 0;
  let cpu = 0;
  const look = () => {
    const seen = child.pid === undefined ? undefined : usageOf(child.pid);
    if (seen === undefined || child.pid === undefined) return;
    options.look?.(child.pid);
    cpu = Math.max(cpu, seen.cpu);
    peak = Math.max(peak, seen.peak);
  };
  const timer = setInterval(look, every);
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  child.stdout.on('data', (chunk: Buffer) => (stdout += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(timer);
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}\n${stderr}${stdout}`);
  return { seconds: (performance.now() - began) / 1000, cpu, peak, stdout };
}

/** Has everything written to the disk before the next measurement, which would else share the machine with that. */
export function settle(): void {
  spawnSync('sync');
}

/** CPU seconds and peak resident bytes of a running process (proc(5)), or undefined if it has ended. */
export function usageOf(pid: number): { cpu: number; peak: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, peak: Number(peak ?? 0) * 1024 };
  } catch {
    return undefined;
  }
}

/** Runs a piece of work of another process (a server's) and takes its time and that process's CPU. */
export async function observe<T>(
  pid: number,
  work: () => Promise<T>,
): Promise<{ seconds: number; cpu: number; result: T }> {
  const before = usageOf(pid)?.cpu ?? 0;
  const began = performance.now();
  const result = await work();
  return { seconds: (performance.now() - began) / 1000, cpu: (usageOf(pid)?.cpu ?? 0) - before, result };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** `3.10 s (2.98-3.42)`: the median of several runs, and from the least to the most. */
export function spread(values: readonly number[]): string {
  const range = `${Math.min(...values).toFixed(2)}-${Math.max(...values).toFixed(2)}`;
  return `${inSeconds(median(values))} (${range})`;
}

export const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
export const inSeconds = (seconds: number) => `${seconds.toFixed(2)} s`;
export const asRatio = (value: number) => `${value.toFixed(2)} x`;
