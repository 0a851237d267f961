import type { RandomAccess } from '../parquet/footer.ts';
import type { FoundObject } from './bucket.ts';
import { fetchRange } from './fetch-range.ts';
import type { Reader } from './reader.ts';

/** Reads an object by ranges of the version that was listed. */
export function objectAccess(reader: Reader, object: FoundObject, signal: AbortSignal): RandomAccess {
  const { key, etag, size, modified } = object;
  return {
    size,
    async read(offset, length) {
      const to = Math.min(size, offset + length);
      const read = Buffer.alloc(to - offset);
      const version = { key, etag, size, modified };
      const wanted = { range: { from: offset, to }, into: read, came: () => undefined };
      await fetchRange(reader, version, wanted, signal);
      return read;
    },
  };
}
