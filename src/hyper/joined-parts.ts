import type { ByteStream, StreamPart } from '../model/ports/feed.ts';

/** Parts as one stream of bytes. */
export interface JoinedParts extends ByteStream {
  /** Returns the part whose bytes flow, or flowed last. */
  current(): StreamPart;
}

/** Joins the bytes of parts for one COPY. Each part is opened when the one before has ended. */
export function joinParts(
  first: StreamPart,
  others: readonly StreamPart[],
  signal: AbortSignal,
): JoinedParts {
  let current = first;
  let stream: ByteStream | undefined;
  let flowed = 0;
  /** The sums of the parts that have ended. */
  const ended = { taken: 0, flowed: 0, rows: [] as (number | undefined)[] };
  let end: { reason: Error | undefined } | undefined;
  async function* chunks(): AsyncGenerator<Buffer, void> {
    for (const part of [first, ...others]) {
      current = part;
      stream = await part.open(signal);
      if (end !== undefined) stream.bytes.destroy(end.reason);
      for await (const chunk of stream.bytes) {
        flowed += chunk.length;
        yield chunk;
      }
      ended.taken += stream.taken?.() ?? flowed - ended.flowed;
      ended.flowed = flowed;
      ended.rows.push(stream.rows());
      stream = undefined;
    }
  }
  const bytes = chunks();
  return {
    bytes: {
      [Symbol.asyncIterator]: () => bytes,
      destroy(reason) {
        end ??= { reason };
        return stream?.bytes.destroy(reason);
      },
    },
    current: () => current,
    taken: () => ended.taken + (stream === undefined ? 0 : (stream.taken?.() ?? flowed - ended.flowed)),
    rows: () => sumOf(ended.rows),
    rowsSoFar: () => sumOf([...ended.rows, ...(stream === undefined ? [] : [stream.rowsSoFar?.()])]) ?? 0,
  };
}

/** Returns undefined where one of the counts is not known. */
export function sumOf(counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length < counts.length ? undefined : known.reduce((sum, count) => sum + count, 0);
}
