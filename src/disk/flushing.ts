import type { FileHandle } from 'node:fs/promises';

/** The bytes that are flushed together. */
const flushSize = 32 * 1024 * 1024;
/** The most bytes that wait to be flushed: a flush cannot be interrupted, so each must be short. */
const unflushed = 256 * 1024 * 1024;

/** Flushes a file while it is being written: the disk works beside the copy, and little is left for the flush at the end. */
export class Flushing {
  readonly #file: Pick<FileHandle, 'datasync'>;
  /** The bytes that were written when the last flush began. */
  #begun = 0;
  #flush: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(file: Pick<FileHandle, 'datasync'>) {
    this.#file = file;
  }

  /**
   * Begins a flush of what is written, if there is enough of it. Waits for the one before only if too many bytes were written
   * since that began. Throws the error of an earlier flush that failed.
   */
  async upTo(written: number): Promise<void> {
    if (written - this.#begun >= unflushed) await this.settled();
    this.#throwFailure();
    if (this.#flush !== undefined || written - this.#begun < flushSize) return;
    this.#begun = written;
    this.#flush = this.#file
      .datasync()
      .catch((error: unknown) => (this.#failure = error as Error))
      .then(() => (this.#flush = undefined));
  }

  /** Waits for a flush that is under way. Throws the error of one that failed. */
  async end(): Promise<void> {
    await this.settled();
    this.#throwFailure();
  }

  /** Waits for a flush that is under way, however it ends: the file must stay open until then. */
  async settled(): Promise<void> {
    await this.#flush;
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}
