import { isArchive, type Document } from '../documents/index.ts';
import type { FoundObject } from './bucket.ts';
import { objectAccess } from './object-access.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Reader } from './reader.ts';

/**
 * Objects for the formats whose records are taken apart here. The first time, they are read in their order, and the next ones
 * are fetched meanwhile; an object that is read once more is fetched alone. `ends` takes what ends the requests.
 */
export function objectDocuments(
  reader: Reader,
  objects: readonly FoundObject[],
  ends: (() => void)[],
): Document[] {
  const { format } = reader.source;
  // Others are read in parts, or looked at before: they are fetched alone.
  const inOrder = objects.filter((object) => format.type === 'jsonl' && !isArchive(object, format));
  const ahead = new ReadAhead(reader, inOrder);
  ends.push(() => ahead.close());
  const isTaken = new Set<FoundObject>(objects.filter((object) => !inOrder.includes(object)));
  return objects.map((object) => ({
    ...objectDocument(reader, object),
    read(signal) {
      if (isTaken.has(object)) return readAlone(reader, object, signal);
      isTaken.add(object);
      const before = ahead.taken;
      return {
        bytes: ahead.bytesOf(object, signal),
        taken: () => ahead.taken - before,
        contentEncoding: () => ahead.contentEncoding,
        close: (reason) => reason && ahead.close(reason),
      };
    },
  }));
}

/** An object that is read by itself. With `most` no more is asked for at once than these bytes. */
export function objectDocument(reader: Reader, object: FoundObject, most?: number): Document {
  const { shown, facts, size } = object;
  const sparing =
    most === undefined ? reader : { ...reader, limits: { requests: 1, bytes: most, range: most } };
  return {
    shown,
    facts,
    size,
    read: (signal) => readAlone(sparing, object, signal),
    open: (signal) =>
      Promise.resolve({ ...objectAccess(reader, object, signal), close: () => Promise.resolve() }),
  };
}

function readAlone(reader: Reader, object: FoundObject, signal: AbortSignal) {
  const ahead = new ReadAhead(reader, [object]);
  return {
    bytes: ahead.bytesOf(object, signal),
    taken: () => ahead.taken,
    contentEncoding: () => ahead.contentEncoding,
    close: (reason?: Error) => ahead.close(reason),
  };
}
