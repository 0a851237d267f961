/**
 * Events between a run and its reader. A reader that is late, or that never comes, costs little memory: of events with the
 * same key only the latest waits to be read.
 */
export class EventQueue<Event> {
  readonly #waiting: { event: Event; key: string | undefined }[] = [];
  #isEnded = false;
  #readers: (() => void)[] = [];

  push(event: Event, key?: string): void {
    const same = key === undefined ? -1 : this.#waiting.findIndex((one) => one.key === key);
    if (same >= 0) this.#waiting.splice(same, 1);
    this.#waiting.push({ event, key });
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** Returns the next event as soon as there is one; undefined after the last. */
  async take(): Promise<Event | undefined> {
    while (this.#waiting.length === 0 && !this.#isEnded) {
      await new Promise<void>((resolve) => this.#readers.push(resolve));
    }
    return this.#waiting.shift()?.event;
  }

  #wake(): void {
    const readers = this.#readers;
    this.#readers = [];
    for (const wake of readers) wake();
  }
}
