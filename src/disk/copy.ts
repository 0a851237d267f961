import { constants } from 'node:fs';
import { chmod, copyFile, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { Flushing } from './flushing.ts';

const pieceSize = 8 * 1024 * 1024;

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
      if (bytesRead === 0) break;
      await writeAll(target, buffer.subarray(0, bytesRead), at);
      at += bytesRead;
      progress?.(bytesRead);
      await flushing.upTo(at);
    }
    await flushing.end();
  } finally {
    // Its failure must not hide what ended the copy.
    await flushing.settled();
  }
}

/** A disk that is nearly full takes a part of a piece before it refuses the rest. */
async function writeAll(target: FileHandle, piece: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < piece.length;)
    done += (await target.write(piece, done, piece.length - done, at + done)).bytesWritten;
}
