const letters: Readonly<Record<string, number>> = { b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };
const BACKSLASH = 0x5c;

/** The value of a field of PostgreSQL's text format. */
export function unescapeText(bytes: Uint8Array, start: number, end: number): string {
  return unescapeBytes(bytes, start, end).toString();
}

/** Unescapes to bytes: escapes may represent any. */
export function unescapeBytes(bytes: Uint8Array, start: number, end: number): Buffer {
  const field = Buffer.from(bytes.subarray(start, end));
  if (!field.includes(BACKSLASH)) return field;
  // Escapes may represent the bytes of one character, so they are put together before they are decoded.
  const value = field
    .toString('latin1')
    .replace(
      /\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|([^]))/g,
      (_, hex: string | undefined, octal: string | undefined, other: string | undefined) => {
        if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
        if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 0xff);
        const code = letters[other ?? ''];
        return code === undefined ? (other ?? '') : String.fromCharCode(code);
      },
    );
  return Buffer.from(value, 'latin1');
}

/** A value as a field of PostgreSQL's text format. */
export function escapeText(value: string, delimiter: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(delimiter, delimiter === '\t' ? '\\t' : `\\${delimiter}`);
}

/** The same, for a value that is not NULL: one that reads like the null string has its first character as bytes. */
export function escapeValue(value: string, delimiter: string, null_: string): string {
  const text = escapeText(value, delimiter);
  if (text !== null_) return text;
  const [first = '', ...rest] = Array.from(text);
  const bytes = [...Buffer.from(first)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`);
  return bytes.join('') + rest.join('');
}
