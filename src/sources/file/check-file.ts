import { readsOf } from '../../disk/reads.ts';
import type { FoundFile } from './list.ts';

/** Watches the bytes of a file. */
interface ByteCheck {
  push(chunk: Uint8Array): void;
  end(): void;
  readonly records: number;
}

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
  for await (const chunk of readsOf(file.absolute, signal)) {
    check.push(chunk);
    if (check.records >= until()) return undefined;
  }
  check.end();
  return check.records;
}
