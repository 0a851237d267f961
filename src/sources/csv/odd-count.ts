/**
 * Whether a byte occurs an odd number of times, four bytes at a step: half of what a byte loop takes.
 *
 * In every word, the upper bit of each byte is set unless that byte is the one. Xor over all words leaves in
 * each of the four bits whether it was set an odd number of times; bytes that are set and bytes that are not
 * make up whole words, an even number, so both counts are odd or even together.
 */
export function isOddCount(bytes: Uint8Array, byte: number): boolean {
  if (!bytes.includes(byte)) return false;
  const { buffer, byteOffset, length } = bytes;
  const before = -byteOffset & 3;
  if (length < before + 4) return oddIn(bytes, byte, 0, length);
  const words = new Int32Array(buffer, byteOffset + before, (length - before) >>> 2);
  const pattern = Math.imul(byte, 0x01010101);
  let bits = 0;
  // eslint-disable-next-line @typescript-eslint/prefer-for-of -- that takes twice the time
  for (let index = 0; index < words.length; index++) {
    const word = (words[index] ?? 0) ^ pattern;
    bits ^= ((word & 0x7f7f7f7f) + 0x7f7f7f7f) | word;
  }
  const after = before + 4 * words.length;
  let isOdd = oddIn(bytes, byte, 0, before) !== oddIn(bytes, byte, after, length);
  for (const shift of [7, 15, 23, 31]) isOdd = isOdd !== ((bits >>> shift) & 1) > 0;
  return isOdd;
}

function oddIn(bytes: Uint8Array, byte: number, from: number, to: number): boolean {
  let isOdd = false;
  for (let at = from; at < to; at++) isOdd = isOdd !== (bytes[at] === byte);
  return isOdd;
}
