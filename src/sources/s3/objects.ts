import { Readable } from 'node:stream';
import { counted } from '../../model/numbers.ts';
import type { FoundObject } from './bucket.ts';
import type { ReadAhead } from './read-ahead.ts';

/** Chunks as they came: a byte stream would copy them together for whoever iterates over it. */
export function bytesOf(ahead: ReadAhead, object: FoundObject, signal: AbortSignal): Readable {
  return Readable.from(ahead.bytesOf(object, signal), { highWaterMark: 4 });
}

export function labelOf(bucket: string, objects: readonly FoundObject[]): string {
  const [only] = objects;
  return only !== undefined && objects.length === 1
    ? only.shown
    : `${counted(objects.length, 'object')} of s3://${bucket}`;
}
