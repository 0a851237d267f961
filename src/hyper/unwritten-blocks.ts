import type { Table } from '../model/config/pipeline.ts';
import type { Loaded } from '../model/ports/extract-port.ts';

/** The most that one build leaves unwritten, in bytes: half of what a build is reckoned to need. */
const mostUnwritten = 256 * 2 ** 20;
/** The part of hyperd's memory that this may be at most. */
const share = 1 / 4;

/** Returns how much of a build may be unwritten, given hyperd's memory. */
export function unwrittenLimit(memory = Infinity): number {
  return Math.min(mostUnwritten, share * memory);
}

/** The rows that Hyper compresses together. */
const rowsOfBlock = 131_072;
/** The bytes that a value takes besides its text. */
const valueSize = 16;

/** Returns about how much of a loaded table hyperd holds until the file is written: its last block, uncompressed. */
export function unwrittenBytes({ columns }: Pick<Table, 'columns'>, { rows, bytes }: Loaded): number {
  if (rows === 0) return 0;
  return Math.min(rows, rowsOfBlock) * (columns.length * valueSize + 2 * (bytes / rows));
}

/**
 * Bounds what hyperd holds of the tables of a build. Until the last session detaches the file it keeps the last block of
 * every table in memory, so that fifty small tables take seven times what a single large one does. Once too much is
 * unwritten, the next table waits until those that are being written are done, and the file is written.
 */
export class UnwrittenBlocks {
  readonly #limit: number;
  readonly #flush: () => Promise<void>;
  #writers = 0;
  #bytes = 0;
  #flushing: Promise<void> | undefined;
  #wake: (() => void) | undefined;

  /** `flush` detaches the file everywhere, and attaches it again. No table is written meanwhile. */
  constructor(limit: number, flush: () => Promise<void>) {
    this.#limit = limit;
    this.#flush = flush;
  }

  /** Runs a call that writes a table. It may run beside others; it reports what it leaves in memory. */
  async write<Result>(call: (leave: (bytes: number) => void) => Promise<Result>): Promise<Result> {
    while (this.#bytes > this.#limit) await (this.#flushing ??= this.#flushAlone());
    this.#writers += 1;
    try {
      return await call((bytes) => (this.#bytes += bytes));
    } finally {
      this.#writers -= 1;
      if (this.#writers === 0) this.#wake?.();
    }
  }

  async #flushAlone(): Promise<void> {
    try {
      if (this.#writers > 0) await new Promise<void>((resolve) => (this.#wake = resolve));
      await this.#flush();
      this.#bytes = 0;
    } finally {
      this.#wake = undefined;
      this.#flushing = undefined;
    }
  }
}
