import type { RandomAccess } from '../parquet/index.ts';

const PIECE_BYTES = 1024 * 1024;

/** Reads the bytes from `start` to before `end` in order, one piece ahead of the reader. */
export async function* rangeOf(
  access: RandomAccess,
  start: number,
  end: number,
): AsyncGenerator<Buffer, void> {
  const read = (at: number) => access.read(at, Math.min(PIECE_BYTES, end - at));
  let next = start < end ? read(start) : undefined;
  try {
    for (let at = start; next !== undefined;) {
      const piece = await next;
      at += piece.length;
      next = at < end && piece.length > 0 ? read(at) : undefined;
      yield piece;
    }
  } finally {
    // It is not needed where the loop was left early, and neither is its failure.
    await next?.catch(() => undefined);
  }
}
