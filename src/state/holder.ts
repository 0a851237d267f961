import { hostname } from 'node:os';
import { mapWith, optional, processNumber, text } from './shape.ts';

/** The holder of a lock, as the lock shows it to others. */
export interface Holder {
  pid: number;
  host: string;
  /** The link to the run, if CI gives one. */
  job?: string;
  /** The time by the clock of this machine, ISO 8601 to the second. */
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
