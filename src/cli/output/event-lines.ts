import type { ApplyEvent, Listener } from '../../apply/events.ts';
import { bytes, counted } from '../../model/base/numbers.ts';
import { Interruption } from '../../model/errors/run-error.ts';
import { renderEndLine, renderEventLine, renderProgress } from '../../render/progress.ts';
import { EventHeartbeat } from './event-heartbeat.ts';
import { messageOf } from './failure.ts';

/** A step that takes longer is shown, in seconds, and so is its progress at this interval. */
const long = 10;
/** Reports that are this far apart are both shown: timers are not exact. */
const apart = 0.95 * long;

/**
 * Returns a listener that writes events as lines for logs: one for each pipeline when it has ended. Its steps are lines
 * too if one of them takes long, if the pipeline fails, or with `verbose`.
 */
export function eventLines(write: (text: string) => void, { verbose }: { verbose: boolean }): Listener {
  const logs = new Map<string, PipelineLog>();
  // A step that reports nothing is not taken for one that hangs.
  const heartbeat = new EventHeartbeat(long * 1000, (beat) => logs.get(beat.address)?.take(beat));
  return (event) => {
    heartbeat.take(event);
    const { address } = event;
    const log = logs.get(address) ?? new PipelineLog((line) => write(`${line}\n`), verbose);
    if (event.type === 'done') logs.delete(address);
    else logs.set(address, log);
    log.take(event);
  };
}

/** The lines of one pipeline. Those of steps that have ended are kept until it is known whether they are shown. */
class PipelineLog {
  readonly #write: (line: string) => void;
  readonly #kept: string[] = [];
  readonly #lastProgress = new Map<string, number>();
  #showsSteps: boolean;
  #hasFailed = false;
  #read: { rows: number; bytes: number } | undefined;
  #isNothingNew = false;

  constructor(write: (line: string) => void, showsSteps: boolean) {
    this.#write = write;
    this.#showsSteps = showsSteps;
  }

  take(event: ApplyEvent): void {
    const { address } = event;
    switch (event.type) {
      case 'began':
      case 'started':
        return;
      case 'progress': {
        const { step, progress } = event;
        if (progress.seconds - (this.#lastProgress.get(step.id) ?? 0) < apart) return;
        this.#lastProgress.set(step.id, progress.seconds);
        this.#showSteps();
        this.#write(renderEventLine(address, step, renderProgress(progress)));
        return;
      }
      case 'waiting':
        this.#write(renderEventLine(address, event.step, event.text));
        return;
      case 'ended':
        this.#takeEnd(event);
        return;
      case 'failed':
        if (event.error instanceof Interruption) return;
        this.#hasFailed = true;
        this.#showSteps();
        this.#write(renderEventLine(address, event.step, `failed: ${messageOf(event.error)}`));
        return;
      case 'done':
        // The failure is the last line of a pipeline that has one.
        if (!this.#hasFailed)
          this.#write(
            renderEndLine(address, { ...event, read: this.#read, isNothingNew: this.#isNothingNew }),
          );
    }
  }

  #takeEnd(event: Extract<ApplyEvent, { type: 'ended' }>): void {
    const { address, step, rows, bytes: size = 0, seconds } = event;
    if (rows !== undefined)
      this.#read = { rows: (this.#read?.rows ?? 0) + rows, bytes: (this.#read?.bytes ?? 0) + size };
    if (event.isSkipped === true && step.ifRowsDiffer === true) this.#isNothingNew = true;
    this.#kept.push(renderEventLine(address, step, endText(event)));
    if (this.#showsSteps || seconds > long) this.#showSteps();
  }

  /** Shows the steps that have ended, and from now on every step when it ends. */
  #showSteps(): void {
    this.#showsSteps = true;
    for (const line of this.#kept.splice(0)) this.#write(line);
  }
}

function endText({
  step,
  isSkipped,
  rows,
  bytes: size,
  seconds,
}: Extract<ApplyEvent, { type: 'ended' }>): string {
  if (isSkipped === true) {
    const isForPublication = step.kind === 'deliver' && step.ifPublished !== undefined;
    return `skipped, ${isForPublication ? 'nothing was published again' : 'nothing new'}`;
  }
  const amounts = [
    ...(rows === undefined ? [] : [counted(rows, 'row')]),
    ...(size === undefined ? [] : [bytes(size)]),
  ];
  return [...amounts, `${seconds.toFixed(1)} s`].join(' ');
}
