import { closeSync, constants, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Listener } from '../../apply/events.ts';
import type { Configuration } from '../../config/index.ts';
import { reasonOf } from '../../disk/reason.ts';
import { beforeSuddenEnd } from '../../disk/last-resort.ts';
import { classOfError, kindOf } from '../../run/failures.ts';
import type { PreparedApply } from '../../run/prepared-apply.ts';
import { publicEvent, type PublicEvent } from '../../run/public-event.ts';
import { errorDocument } from '../../run/report-document.ts';
import { UsageError } from '../../run/usage-error.ts';
import { version } from '../../run/version.ts';
import type { Env } from '../env.ts';
import { EventHeartbeat } from './event-heartbeat.ts';
import type { ExitCode } from './exit-codes.ts';
import { describeFailure, exitCodeOfInterruption } from './failure.ts';
import type { ReportIdentity } from './report-output.ts';

/**
 * Appends the events of an apply to a file or a pipe, one line of JSON each, for programs that watch it. A line is written by one
 * call, so that a reader never sees half of one before the rest. Whatever happens to the file, the run continues: that no more events
 * are written is said once.
 */
export class EventFile {
  readonly #file: string;
  readonly #warn: (text: string) => void;
  #descriptor: number | undefined;
  /** Lines for a pipe whose reader is slow. */
  readonly #waiting: string[] = [];
  readonly #heartbeat: EventHeartbeat;

  /** Throws a `UsageError` if the file cannot be opened. */
  constructor(file: string, { cwd, warn, interval }: EventFileSettings) {
    if (file === '-')
      throw new UsageError(
        '--events -: stdout has the report',
        'name a file or a pipe; /dev/fd/3 is a descriptor that your shell has opened',
      );
    this.#file = file;
    this.#warn = warn;
    this.#heartbeat = new EventHeartbeat(interval, (event) => this.write(lineOf(event)));
    const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
    try {
      this.#descriptor = openSync(path.resolve(cwd, file), O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o666);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENXIO') this.#giveUp('nothing reads this pipe');
      else throw new UsageError(`--events ${file}: the file cannot be opened: ${reasonOf(error)}`);
    }
  }

  /** Returns a listener that writes every event of the run. Of progress it writes the latest, at intervals. */
  listener(configuration: Pick<Configuration, 'pipelines' | 'locate'>): Listener {
    return (event) => {
      this.#heartbeat.take(event);
      if (event.type !== 'progress') this.write(lineOf(publicEvent(event, configuration)));
    };
  }

  /** Writes an event with the version of the format and the time. */
  write(event: object): void {
    if (this.#descriptor === undefined) return;
    const time = new Date().toISOString();
    this.#waiting.push(`${JSON.stringify({ format: 1, time, ...event })}\n`);
    this.#flush(this.#descriptor);
  }

  close(): void {
    this.#heartbeat.end();
    if (this.#descriptor === undefined) return;
    if (this.#waiting.length > 0) this.#giveUp('its reader has stopped reading');
    else closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #flush(descriptor: number): void {
    try {
      for (let line = this.#waiting[0]; line !== undefined; line = this.#waiting[0]) {
        const bytes = Buffer.from(line);
        const written = writeSync(descriptor, bytes);
        if (written < bytes.length) {
          this.#giveUp('there is no room');
          return;
        }
        this.#waiting.shift();
      }
    } catch (error) {
      // A full pipe is read later: the lines go with the next event.
      const isFull = (error as NodeJS.ErrnoException).code === 'EAGAIN';
      if (!isFull) this.#giveUp(reasonOf(error));
      else if (this.#waiting.length > mostWaiting) this.#giveUp('its reader is too slow');
    }
  }

  #giveUp(reason: string): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    this.#waiting.length = 0;
    this.#warn(`warning  no further events are written to ${this.#file}: ${reason}; the run continues\n`);
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

export interface EventFileSettings {
  cwd: string;
  warn: (text: string) => void;
  /** Milliseconds between two lines about a step that is under way. */
  interval?: number;
}

/** The lines that are kept for a slow reader: a few megabytes. */
const mostWaiting = 10_000;

/** Returns an event with the name and the kind of its step: all of the step is in the plan. */
function lineOf(event: PublicEvent): object {
  if (!('step' in event)) return event;
  const { type, address, step, ...rest } = event;
  const named = { type, address, step: step.id, kind: step.kind };
  if (!('progress' in rest)) return { ...named, ...rest };
  return { ...named, ...rest.progress };
}

/** The first line: what the run is about to do. */
export const runBegan = ({ work, stale }: PreparedApply, identity: ReportIdentity) => ({
  type: 'run began',
  tool: version(),
  ...identity,
  pipelines: work.jobs.length + work.removals.length + stale.length,
});

/** Runs a command with a file for its events. The last line has its exit code, also if it fails before it begins, or is killed by a signal. */
export async function withEventFile(
  file: string,
  env: Env,
  command: (events: EventFile) => Promise<ExitCode>,
): Promise<ExitCode> {
  const events = new EventFile(file, { cwd: env.cwd, warn: (text) => env.err(text) });
  const end = (exitCode: ExitCode, error?: object) => {
    events.write({ type: 'run ended', exitCode, ...(error && { error }) });
    events.close();
  };
  const unregister = beforeSuddenEnd(() => end(exitCodeOfInterruption(env.signal)));
  try {
    const exitCode = await command(events);
    end(exitCode);
    return exitCode;
  } catch (error) {
    end(describeFailure(error, env.signal).exitCode, {
      ...errorDocument(error),
      ...kindOf(classOfError(error)),
    });
    throw error;
  } finally {
    unregister();
  }
}
