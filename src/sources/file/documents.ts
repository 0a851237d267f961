import { readsOf } from '../../disk/reads.ts';
import type { Document } from '../documents/index.ts';
import { openAccess } from '../parquet/index.ts';
import type { FoundFile } from './list.ts';

/** A local file for the formats whose records are taken apart here. */
export function fileDocument({ shown, facts, absolute, size }: FoundFile): Document {
  return {
    shown,
    facts,
    size,
    read(signal) {
      const stop = new AbortController();
      let taken = 0;
      async function* bytes(): AsyncGenerator<Buffer, void> {
        for await (const chunk of readsOf(absolute, AbortSignal.any([signal, stop.signal]))) {
          taken += chunk.length;
          yield chunk;
        }
      }
      return { bytes: bytes(), taken: () => taken, close: (reason) => stop.abort(reason) };
    },
    open: () => openAccess(absolute),
  };
}
