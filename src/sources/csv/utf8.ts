import { isUtf8 } from 'node:buffer';

/** Where the last character that is not yet complete begins in `bytes[from, to)`; `to` if all are complete. */
export function completeEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let at = to - 1; at >= from && at >= to - 3; at--) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return at + length > to ? at : to;
    }
  }
  return to;
}

/** The first byte in `bytes[from, to)` that starts no valid character; the range holds one. */
export function findBadByte(bytes: Uint8Array, from: number, to: number): number {
  let good = from;
  let bad = to + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (isUtf8(bytes.subarray(from, completeEnd(bytes, from, middle)))) good = middle;
    else bad = middle;
  }
  return completeEnd(bytes, from, good);
}
