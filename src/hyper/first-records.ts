import { Readable } from 'node:stream';

const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The first records of a stream that Hyper could read to its end; the rest is not taken from the source. */
export function firstRecords(bytes: Readable, format: 'csv' | 'text', count: number): Readable {
  return Readable.from(records(bytes, format, count), { objectMode: false });
}

async function* records(bytes: Readable, format: 'csv' | 'text', count: number): AsyncGenerator<Buffer> {
  let left = count;
  let isQuoted = false;
  let isEscaped = false;
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (format === 'csv') isQuoted = (byte === QUOTE) !== isQuoted;
      if (byte === LF && !isQuoted && !isEscaped && --left === 0) {
        yield chunk.subarray(0, at + 1);
        return;
      }
      isEscaped = format === 'text' && byte === BACKSLASH && !isEscaped;
    }
    yield chunk;
  }
}
