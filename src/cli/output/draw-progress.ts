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
  /** Draws the last frame and leaves it on the terminal. */
  end(): void;
}

/** The interval of frames, in milliseconds. */
const interval = 80;

/** Draws an apply on a terminal until it has ended: how many pipelines are done, and those that run or have failed. */
export function drawProgress(
  pipelines: readonly DrawnPipeline[],
  { terminal, color }: { terminal: LiveArea; color: boolean },
): Drawing {
  const state = new ProgressState(pipelines);
  const began = performance.now();
  let turn = 0;
  const draw = () => {
    const seconds = (performance.now() - began) / 1000;
    const { columns, rows } = terminal.screen;
    terminal.draw(renderFrame(state.view(seconds), { columns, rows, color, turn: turn++ }));
  };
  draw();
  const timer = setInterval(draw, interval);
  return {
    listener: (event) => state.take(event),
    end() {
      clearInterval(timer);
      draw();
      terminal.end();
    },
  };
}

interface Running {
  ended: number;
  /** The steps that run now, by id, with how far they are. */
  at: Map<string, { step: Step; text: string }>;
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
        running.at.set(event.step.id, { step: event.step, text: '' });
        return;
      case 'progress':
        running.at.set(event.step.id, { step: event.step, text: renderProgress(event.progress) });
        return;
      case 'waiting':
        running.at.set(event.step.id, { step: event.step, text: event.text });
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
        at: [...at.values()],
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

type Outcome = Extract<ApplyEvent, { type: 'done' }>['outcome'];

function kindOf(outcome: Outcome): 'done' | 'failed' | 'interrupted' {
  if (outcome === 'interrupted') return 'interrupted';
  return outcome === 'failed' || outcome === 'rejected' ? 'failed' : 'done';
}
