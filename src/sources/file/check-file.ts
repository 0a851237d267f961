import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { FoundFile } from './list.ts';

/** Watches the bytes of a file. */
interface ByteCheck {
  push(chunk: Uint8Array): void;
  end(): void;
  readonly records: number;
}

const readBytes = 512 * 1024;

/**
 * Reads a file for a check while hyperd reads it, so that its bytes come from the page cache: through one piece of
 * memory, with a turn of the event loop between two reads. Resolves to the number of records; to undefined once
 * `until()` of them were good.
 */
export async function checkFile(
  file: FoundFile,
  check: ByteCheck,
  signal: AbortSignal,
  until: () => number,
): Promise<number | undefined> {
  const memory = Buffer.allocUnsafeSlow(readBytes);
  const handle = await open(file.absolute);
  try {
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(memory, 0, memory.length);
      if (bytesRead === 0) break;
      check.push(memory.subarray(0, bytesRead));
      if (check.records >= until()) return undefined;
    }
    check.end();
    return check.records;
  } finally {
    await handle.close();
  }
}

/** The same for a file that is packed: `text` is what is in it, read by us to its very end. */
export async function checkUnpacked(
  text: Readable,
  check: ByteCheck,
  signal: AbortSignal,
  until: () => number,
): Promise<number | undefined> {
  try {
    for await (const chunk of text as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      check.push(chunk);
      if (check.records >= until()) return undefined;
    }
    check.end();
    return check.records;
  } finally {
    text.destroy();
  }
}
