import { createGunzip, type Gunzip } from 'node:zlib';
import { FileProblem } from './file-problem.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * Unpacks gzip (RFC 1952) and accepts whole files only: every member complete, with the checksum and the length that it
 * says; between and after members nothing but zeros, which tapes and object stores pad with. hyperd takes a file that
 * was cut off for a whole one, and Node.js ignores everything behind a zero, so neither is asked for a whole file.
 * A chunk of `packed` is done with when the next one is asked for.
 */
export async function* gunzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const input = new Input(packed[Symbol.asyncIterator]());
  try {
    for (let isFirst = true; await input.skipZeros(isFirst); isFirst = false) yield* unpackMembers(input);
  } finally {
    await input.close();
  }
}

/** Unpacks members up to the end of the input, or up to a zero that follows one of them. */
async function* unpackMembers(input: Input): AsyncGenerator<Buffer, void> {
  const engine = createGunzip({ chunkSize: CHUNK_BYTES });
  let sourceFailure: { error: unknown } | undefined;
  const feeding = feed(input, engine).catch((error: unknown) => {
    sourceFailure = { error };
    engine.destroy();
  });
  try {
    for await (const chunk of engine) yield chunk as Buffer;
  } catch (error) {
    throw sourceFailure === undefined ? explainZlib(error, input.consumed) : sourceFailure.error;
  } finally {
    engine.destroy();
    await feeding;
  }
}

/** Gives the engine what it takes: it stops taking where its last member has ended and a zero follows. */
async function feed(input: Input, engine: Gunzip): Promise<void> {
  const closed = new Promise((resolve) => engine.once('close', resolve));
  let given = 0;
  while (!engine.destroyed) {
    const chunk = await input.next();
    if (chunk === undefined) {
      engine.end();
      return;
    }
    given += chunk.length;
    // The callback comes once the chunk was used, and may not come at all if the engine is destroyed meanwhile.
    const used = new Promise((resolve) => engine.write(chunk, resolve));
    await Promise.race([used, closed]);
    const unused = given - engine.bytesWritten;
    if (unused > 0) {
      input.giveBack(chunk.subarray(chunk.length - unused));
      return;
    }
  }
}

/** The chunks of a file, with what was not used given back. */
class Input {
  /** Bytes handed out and not given back. */
  consumed = 0;

  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer | undefined;

  constructor(chunks: AsyncIterator<Buffer>) {
    this.#chunks = chunks;
  }

  async next(): Promise<Buffer | undefined> {
    const rest = this.#rest;
    this.#rest = undefined;
    const chunk = rest ?? (await this.#take());
    this.consumed += chunk?.length ?? 0;
    return chunk;
  }

  giveBack(rest: Buffer): void {
    this.#rest = rest;
    this.consumed -= rest.length;
  }

  /** Returns true if anything but zeros follows. A file begins with no zero: then they are part of what follows. */
  async skipZeros(isStart: boolean): Promise<boolean> {
    for (;;) {
      const chunk = await this.next();
      if (chunk === undefined) return false;
      const from = isStart ? 0 : chunk.findIndex((byte) => byte !== 0);
      if (from < 0 || chunk.length === 0) continue;
      this.giveBack(chunk.subarray(from));
      return true;
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #take(): Promise<Buffer | undefined> {
    const step = await this.#chunks.next();
    return step.done === true ? undefined : step.value;
  }
}

function explainZlib(error: unknown, size: number): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code?.startsWith('Z_') !== true) return error;
  const because = { cause: error };
  if (code === 'Z_BUF_ERROR') {
    const what = `is not complete: its gzip data does not end within its ${size} bytes`;
    return new FileProblem('EXT2102', what, 'copy or pack the file again; nothing of it was kept', because);
  }
  // The first bytes of the file were looked at before, so this is what follows a member.
  if (message === 'incorrect header check') {
    const what = 'has more bytes after the end of its gzip data, which are not gzip';
    return new FileProblem('EXT2102', what, 'pack the file again: only zeros may follow', because);
  }
  const hint = 'copy or pack the file again; nothing of it was kept';
  return new FileProblem('EXT2102', `is damaged: its gzip data has an ${message}`, hint, because);
}
