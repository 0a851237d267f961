import { Listr, type ListrTask } from 'listr2';
import type { ApplyEvent, Listener } from '../../apply/events.ts';
import { Interruption } from '../../model/errors/run-error.ts';
import type { Step } from '../../model/plan/step.ts';
import { renderProgress } from '../../render/progress.ts';
import { renderFrame, type ProgressView } from '../../render/progress-frame.ts';
import { messageOf } from './failure.ts';
import type { LiveArea } from './live-area.ts';

/** A pipeline as it is drawn. */
export interface DrawnPipeline {
  address: string;
  steps: readonly unknown[];
}

export interface Drawing {
  listener: Listener;
  /** Draws the last frame and leaves it on the terminal; pipelines that have not ended count as they are. */
  end(): Promise<void>;
}

/** The interval of frames, in milliseconds. */
const interval = 80;

interface FrameOptions {
  state: ProgressState;
  terminal: LiveArea;
  color: boolean;
}

/**
 * Draws an apply on a terminal until it has ended: how many pipelines are done, and those that run or have failed.
 * listr2 has a task for each pipeline and decides nothing: a task only waits for the event that ends it.
 */
export function drawProgress(
  pipelines: readonly DrawnPipeline[],
  { terminal, color }: { terminal: LiveArea; color: boolean },
): Drawing {
  const state = new ProgressState(pipelines);
  const ends = new Map<string, () => void>();
  const tasks = pipelines.map(({ address }): ListrTask => {
    const ended = new Promise<void>((resolve) => void ends.set(address, resolve));
    return { title: address, task: () => ended };
  });
  const drawn = new Listr(tasks, {
    concurrent: true,
    registerSignalListeners: false,
    renderer: FrameRenderer,
    rendererOptions: { state, terminal, color },
  }).run();
  return {
    listener(event) {
      state.take(event);
      if (event.type === 'done') ends.get(event.address)?.();
    },
    async end() {
      for (const end of ends.values()) end();
      await drawn;
    },
  };
}

/**
 * A renderer for listr2 that draws frames. Those of listr2 have a line for each task, waiting ones too, and more lines
 * than the terminal: of thirty pipelines those that run would be out of sight.
 */
class FrameRenderer {
  static nonTTY = true;
  static rendererOptions: FrameOptions;
  static rendererTaskOptions: never;
  readonly #options: FrameOptions;
  readonly #began = performance.now();
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(_tasks: unknown, options: FrameOptions) {
    this.#options = options;
  }

  render(): void {
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), interval);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#draw();
    this.#options.terminal.end();
  }

  #draw(): void {
    const { state, terminal, color } = this.#options;
    const { columns, rows } = terminal.screen;
    const view = state.view((performance.now() - this.#began) / 1000);
    terminal.draw(renderFrame(view, { columns, rows, color, turn: this.#turn++ }));
  }
}

interface Running {
  ended: number;
  /** The steps that run now, by id, with when they began (in milliseconds) and how far they are. */
  at: Map<string, { step: Step; began: number; text: string }>;
}

/** Keeps what the events of an apply have said so far. */
class ProgressState {
  readonly #steps: ReadonlyMap<string, number>;
  readonly #running = new Map<string, Running>();
  readonly #failed: ProgressView['failed'][number][] = [];
  readonly #ended = { done: 0, failed: 0, interrupted: 0 };

  constructor(pipelines: readonly DrawnPipeline[]) {
    this.#steps = new Map(pipelines.map(({ address, steps }) => [address, steps.length]));
  }

  take(event: ApplyEvent): void {
    const { address } = event;
    if (event.type === 'began') {
      this.#running.set(address, { ended: 0, at: new Map() });
      return;
    }
    const running = this.#running.get(address);
    if (running === undefined) return;
    switch (event.type) {
      case 'started':
        running.at.set(event.step.id, { step: event.step, began: performance.now(), text: '' });
        return;
      case 'progress':
        say(running, event.step, renderProgress(event.progress));
        return;
      case 'waiting':
        say(running, event.step, event.text);
        return;
      case 'ended':
        running.at.delete(event.step.id);
        running.ended += 1;
        return;
      case 'failed':
        this.#fail(event, running);
        return;
      case 'done':
        this.#running.delete(address);
        this.#ended[kindOf(event.outcome)] += 1;
    }
  }

  view(seconds: number): ProgressView {
    const { done, failed, interrupted } = this.#ended;
    const running = this.#running.size;
    return {
      seconds,
      counts: {
        done,
        running,
        waiting: this.#steps.size - running - done - failed - interrupted,
        failed,
        interrupted,
      },
      running: [...this.#running].map(([address, { ended, at }]) => ({
        address,
        ended,
        steps: this.#steps.get(address) ?? 0,
        at: [...at.values()].map(({ step, began, text }) => ({ step, text: text || timeSince(began) })),
      })),
      failed: this.#failed,
    };
  }

  #fail({ address, step, error }: Extract<ApplyEvent, { type: 'failed' }>, running: Running): void {
    // What runs beside the failed step is stopped without an event.
    running.at.clear();
    if (!(error instanceof Interruption))
      this.#failed.push({ address, ...(step !== undefined && { step }), message: messageOf(error) });
  }
}

function say({ at }: Running, step: Step, text: string): void {
  at.set(step.id, { began: performance.now(), ...at.get(step.id), step, text });
}

/** Returns the time of a step that reports nothing, once that is worth a word. */
function timeSince(began: number): string {
  const seconds = Math.floor((performance.now() - began) / 1000);
  return seconds < 2 ? '' : `${seconds} s`;
}

type Outcome = Extract<ApplyEvent, { type: 'done' }>['outcome'];

function kindOf(outcome: Outcome): 'done' | 'failed' | 'interrupted' {
  if (outcome === 'interrupted') return 'interrupted';
  return outcome === 'failed' || outcome === 'rejected' ? 'failed' : 'done';
}
