import type { Bytes, StreamFormat } from '../model/ports/feed.ts';

const LF = 0x0a;
const DOUBLE_QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The first records of bytes that Hyper could read to their end; the rest is not taken from the source. */
export function firstRecords(bytes: Bytes, format: StreamFormat, count: number): Bytes {
  return {
    [Symbol.asyncIterator]: () => records(bytes, format, count),
    destroy: (reason) => bytes.destroy(reason),
  };
}

async function* records(bytes: Bytes, format: StreamFormat, count: number): AsyncGenerator<Buffer> {
  const quote =
    'quote' in format ? format.quote.charCodeAt(0) : format.type === 'csv' ? DOUBLE_QUOTE : undefined;
  let left = count;
  let isQuoted = false;
  let isEscaped = false;
  for await (const chunk of bytes) {
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
