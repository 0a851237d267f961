import { limitConcurrency } from '../model/base/limit.ts';
import type { ReadResult, StoredRecord } from '../model/ports/state-port.ts';

/** Reads records side by side, so many at once, where each is a file or an object of its own. */
export async function readSideBySide(
  addresses: readonly string[],
  atOnce: number,
  read: (address: string) => Promise<StoredRecord | undefined>,
): Promise<ReadonlyMap<string, ReadResult>> {
  const turn = limitConcurrency(atOnce);
  const results = new Map<string, ReadResult>();
  await Promise.all(
    addresses.map((address) =>
      turn(async () => {
        try {
          results.set(address, { stored: await read(address) });
        } catch (error) {
          results.set(address, { error });
        }
      }),
    ),
  );
  return results;
}
