import { hostname } from 'node:os';
import { mapWith, optional, processNumber, text } from './shape.ts';

/** Who takes a lock, as the lock tells others. */
export interface Holder {
  pid: number;
  host: string;
  /** Where to look at the run, if CI gives a link. */
  job?: string;
  /** By the clock of this machine, ISO 8601 to the second. */
  since: string;
}

export const holderShape = mapWith({ pid: processNumber, host: text, job: optional(text), since: text });

export function thisRun(job: string | undefined): Holder {
  return {
    pid: process.pid,
    host: hostname(),
    ...(job === undefined ? {} : { job }),
    since: new Date().toISOString().replace(/\.\d+/, ''),
  };
}

/** `process 4711 on build-3 (https://ci.example.com/jobs/7)`. */
export function nameOf({ pid, host, job }: Holder): string {
  return `process ${pid} on ${host}${job === undefined ? '' : ` (${job})`}`;
}
