import { constants } from 'node:fs';
import { chmod, copyFile, open, rm, stat, type FileHandle } from 'node:fs/promises';

const pieceSize = 8 * 1024 * 1024;
/** The bytes that are flushed together. */
const flushSize = 32 * 1024 * 1024;
/** The most bytes that wait to be flushed: a flush cannot be interrupted, so each must be short. */
const unflushed = 256 * 1024 * 1024;

/**
 * Copies a file to a new one, which gets the mode that the umask leaves. Shares the blocks where the file system can
 * (XFS, Btrfs); elsewhere it copies in pieces, so that an interruption ends it at once, and reports the bytes of each.
 */
export async function copyInterruptibly(
  from: string,
  to: string,
  signal: AbortSignal,
  progress?: (bytes: number) => void,
): Promise<void> {
  const mode = await modeOfNew(to);
  try {
    signal.throwIfAborted();
    if (await sharesBlocks(from, to)) progress?.((await stat(to)).size);
    else await copyPieces(from, to, signal, progress);
    await chmod(to, mode);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}

/** Makes the file, empty, to see what the umask leaves. */
async function modeOfNew(file: string): Promise<number> {
  const made = await open(file, 'wx');
  try {
    return (await made.stat()).mode & 0o7777;
  } finally {
    await made.close();
  }
}

async function sharesBlocks(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    // Another file system, or one without shared blocks. What is wrong with the files is found by the copy in pieces.
    return false;
  }
}

async function copyPieces(
  from: string,
  to: string,
  signal: AbortSignal,
  progress?: (bytes: number) => void,
): Promise<void> {
  const source = await open(from, 'r');
  try {
    // A failed attempt to share blocks has removed the file.
    const target = await open(to, 'w');
    try {
      await copyBetween(source, target, signal, progress);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copyBetween(
  source: FileHandle,
  target: FileHandle,
  signal: AbortSignal,
  progress?: (bytes: number) => void,
): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(pieceSize);
  const flushing = new Flushing(target);
  try {
    for (let at = 0; ;) {
      signal.throwIfAborted();
      const { bytesRead } = await source.read(buffer, 0, pieceSize, at);
      if (bytesRead === 0) return;
      await writeAll(target, buffer.subarray(0, bytesRead), at);
      at += bytesRead;
      progress?.(bytesRead);
      await flushing.upTo(at);
    }
  } finally {
    await flushing.end();
  }
}

/** Flushes a file while it is being written: the disk works beside the copy, and little is left for the flush at the end. */
class Flushing {
  readonly #file: FileHandle;
  /** The bytes that were written when the last flush began. */
  #begun = 0;
  #flush: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Begins a flush of what is written, if there is enough of it. Waits for the last one only where too much waits for it. */
  async upTo(written: number): Promise<void> {
    if (this.#flush !== undefined && written - this.#begun >= unflushed) await this.end();
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#flush !== undefined || written - this.#begun < flushSize) return;
    this.#begun = written;
    this.#flush = this.#file
      .datasync()
      .catch((error: unknown) => (this.#failure = error as Error))
      .then(() => (this.#flush = undefined));
  }

  /** Waits for a flush that is under way. The file must stay open until then. */
  async end(): Promise<void> {
    await this.#flush;
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** A disk that is nearly full takes a part of a piece before it refuses the rest. */
async function writeAll(target: FileHandle, piece: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < piece.length;)
    done += (await target.write(piece, done, piece.length - done, at + done)).bytesWritten;
}
