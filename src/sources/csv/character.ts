const LF = 0x0a;
const CR = 0x0d;

/**
 * Returns the place of the byte at `at` in its physical line, counted in characters from 1. The bytes are UTF-8 and a line
 * begins at `from`; `endsAtCr` says that a carriage return alone ends a line.
 */
export function characterAt(bytes: Uint8Array, from: number, at: number, endsAtCr: boolean): number {
  let character = 1;
  for (let index = at - 1; index >= from; index--) {
    const byte = bytes[index] ?? 0;
    if (byte === LF || (endsAtCr && byte === CR)) break;
    // Others continue a character.
    if ((byte & 0xc0) !== 0x80) character++;
  }
  return character;
}
