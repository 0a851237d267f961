import type { ApplyEvent, Progress } from '../../apply/events.ts';

type Beat = Extract<ApplyEvent, { type: 'progress' }>;

interface RunningStep {
  beat: Beat;
  began: number;
  timer: NodeJS.Timeout;
}

/** Reports at intervals how far each running step is, also where the step itself reports nothing. */
export class EventHeartbeat {
  readonly #interval: number;
  readonly #report: (beat: Beat) => void;
  readonly #running = new Map<string, RunningStep>();

  constructor(interval = 30_000, report: (beat: Beat) => void) {
    this.#interval = interval;
    this.#report = report;
  }

  take(event: ApplyEvent): void {
    if (event.type === 'began') return;
    const { address } = event;
    if (event.type === 'done') {
      for (const [key, { beat }] of this.#running) if (beat.address === address) this.#stop(key);
      return;
    }
    const { step } = event;
    if (step === undefined) return;
    const key = JSON.stringify([address, step.id]);
    if (event.type === 'started')
      this.#start(key, { type: 'progress', address, step, progress: { seconds: 0, bytes: 0 } });
    else if (event.type === 'progress') this.#note(key, event.progress);
    else if (event.type !== 'waiting') this.#stop(key);
  }

  end(): void {
    for (const key of [...this.#running.keys()]) this.#stop(key);
  }

  #start(key: string, beat: Beat): void {
    this.#stop(key);
    const timer = setInterval(() => this.#beat(key), this.#interval);
    // A run that has ended does not wait for its next beat.
    timer.unref();
    this.#running.set(key, { beat, began: performance.now(), timer });
  }

  #note(key: string, progress: Progress): void {
    const running = this.#running.get(key);
    if (running !== undefined) running.beat = { ...running.beat, progress };
  }

  #beat(key: string): void {
    const running = this.#running.get(key);
    if (running === undefined) return;
    const { beat, began } = running;
    const seconds = (performance.now() - began) / 1000;
    this.#report({ ...beat, progress: { ...beat.progress, seconds } });
  }

  #stop(key: string): void {
    clearInterval(this.#running.get(key)?.timer);
    this.#running.delete(key);
  }
}
