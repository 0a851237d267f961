import { EventQueue } from './event-queue.ts';
import type { ApplyEvent } from './events.ts';
import { signalOf } from './options.ts';
import type { ApplyResult } from './result.ts';

/**
 * An apply that is under way. `for await (const event of run)` reads its events; leaving that loop early ends the run
 * cleanly, and the loop is left when that is done. Events wait until they are read, progress only with its latest amount.
 */
export class ApplyRun implements AsyncIterable<ApplyEvent> {
  /**
   * Resolves when the run has ended and everything is cleaned up. An apply that was interrupted while it was carried out
   * resolves, too; one that could not begin rejects.
   */
  readonly result: Promise<ApplyResult>;
  readonly #queue = new EventQueue<ApplyEvent>();
  readonly #interruption = new AbortController();

  /** @internal */
  constructor(
    given: AbortSignal | undefined,
    work: (signal: AbortSignal, report: (event: ApplyEvent) => void) => Promise<ApplyResult>,
  ) {
    const signal = signalOf(given);
    const interrupt = () => this.#interruption.abort(errorOf(signal.reason));
    if (signal.aborted) interrupt();
    signal.addEventListener('abort', interrupt);
    const report = (event: ApplyEvent) => this.#queue.push(event, progressKey(event));
    this.result = work(this.#interruption.signal, report).finally(() => {
      signal.removeEventListener('abort', interrupt);
      this.#queue.end();
    });
    // A failure is for a program that waits for the result or reads the events. If that is the events only, it is no failure
    // that nothing has handled.
    this.result.catch(() => undefined);
  }

  /** Ends the run cleanly, and resolves when it has ended. */
  async close(): Promise<void> {
    this.#interruption.abort(errorOf(undefined));
    await this.result.catch(() => undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ApplyEvent, void, undefined> {
    try {
      for (let event = await this.#queue.take(); event !== undefined; event = await this.#queue.take()) {
        yield event;
      }
      await this.result;
    } finally {
      await this.close();
    }
  }
}

function progressKey(event: ApplyEvent): string | undefined {
  return event.type === 'progress' ? JSON.stringify([event.address, event.step.id]) : undefined;
}

/** Streams are destroyed with the reason of a signal, so it must be an error. */
function errorOf(reason: unknown): Error {
  return reason instanceof Error ? reason : new DOMException('the apply was interrupted', 'AbortError');
}
