import { Readable } from 'node:stream';
import type { StreamFormat } from '../model/feed.ts';

const LF = 0x0a;
const DOUBLE_QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The first records of a stream that Hyper could read to its end; the rest is not taken from the source. */
export function firstRecords(bytes: Readable, format: StreamFormat, count: number): Readable {
  return Readable.from(records(bytes, format, count), { objectMode: false });
}

async function* records(bytes: Readable, format: StreamFormat, count: number): AsyncGenerator<Buffer> {
  const quote =
    'quote' in format ? format.quote.charCodeAt(0) : format.type === 'csv' ? DOUBLE_QUOTE : undefined;
  let left = count;
  let isQuoted = false;
  let isEscaped = false;
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      isQuoted = (byte === quote) !== isQuoted;
      if (byte === LF && !isQuoted && !isEscaped && --left === 0) {
        yield chunk.subarray(0, at + 1);
        return;
      }
      isEscaped = format.type === 'text' && byte === BACKSLASH && !isEscaped;
    }
    yield chunk;
  }
}
