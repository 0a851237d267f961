/* eslint-disable @typescript-eslint/no-non-null-assertion -- the table has an entry for every byte, and null strings here are not empty. */

/** Makes the test for an unquoted, not empty value that is one of the null strings. */
export function nullMatcher(
  nulls: readonly string[],
): (bytes: Uint8Array, start: number, end: number) => boolean {
  const strings = nulls.filter((text) => text !== '').map((text) => Buffer.from(text));
  const firstBytes = new Uint8Array(256);
  for (const string of strings) firstBytes[string[0]!] = 1;
  return (bytes, start, end) => {
    if (firstBytes[bytes[start]!] === 0) return false;
    for (const string of strings) {
      let same = string.length === end - start ? 0 : -1;
      while (same >= 0 && same < string.length) same = string[same] === bytes[start + same] ? same + 1 : -1;
      if (same >= 0) return true;
    }
    return false;
  };
}
