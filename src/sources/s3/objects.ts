import { Readable } from 'node:stream';
import { counted } from '../../model/base/numbers.ts';
import type { PackedFile } from '../delimited/text.ts';
import type { FoundObject } from './bucket.ts';
import type { ReadAhead } from './read-ahead.ts';

/** An object as far as its text depends on it, whose bytes are the next to come. */
export function packed(ahead: ReadAhead, { shown }: FoundObject): PackedFile {
  return { shown, contentEncoding: () => ahead.contentEncoding };
}

/** The bytes of an object for streams, which keep chunks for as long as they like. */
export function bytesOf(ahead: ReadAhead, object: FoundObject, signal: AbortSignal): Readable {
  return Readable.from(copied(ahead.bytesOf(object, signal)), { highWaterMark: 4 });
}

/** Yields the chunks, each in memory of its own. */
async function* copied(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += longestCopy)
      yield Buffer.from(chunk.subarray(at, at + longestCopy));
  }
}

/** Small, so that few of them are around at once. */
const longestCopy = 256 * 1024;

export function labelOf(bucket: string, objects: readonly FoundObject[]): string {
  const [only] = objects;
  return only !== undefined && objects.length === 1
    ? only.shown
    : `${counted(objects.length, 'object')} of s3://${bucket}`;
}
