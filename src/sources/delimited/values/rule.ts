/** How the text of a field becomes a value of one column. Made once per column and file format. */
export interface ValueRule {
  /**
   * True if hyperd reads exactly these bytes (unquoted, unescaped, not NULL) as the value they mean. False means: ask
   * `read`. A byte loop that allocates nothing and knows the spellings that files mostly hold.
   */
  isExact(bytes: Uint8Array, start: number, end: number): boolean;
  read(text: string): Reading;
}

/** The text that hyperd must be given, often the very same (null is NULL), or why the value cannot be taken. */
export type Reading = { text: string | null } | Refused;

/** `problem` follows the name of the column and comes before the value; `hint` is the remedy. */
export interface Refused {
  problem: string;
  hint: string;
}

export function isRefused(result: object): result is Refused {
  return 'problem' in result;
}

/** The remedy for a text that is no value of the type at all. */
export function otherwise(text: string): string {
  const shown = text.length > 20 ? 'n/a' : text;
  return (
    'correct the file, declare the column as text, or if the text means NULL list it: ' +
    `format: {null: ["", ${JSON.stringify(shown)}]}`
  );
}

const SPACE = 0x20;
const TAB = 0x09;
const CR = 0x0d;

/** hyperd ignores these around a number, a date or a time. */
export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || (byte !== undefined && byte >= TAB && byte <= CR);
}

/** The text without the blanks that hyperd ignores; others, such as a no-break space, stay. */
export function withoutBlanks(text: string): string {
  return text.replace(/^[ \t-\r]+|[ \t-\r]+$/g, '');
}

/** Names characters that cannot be seen, which explain why a text that looks right is none. */
export function invisible(text: string): Refused | undefined {
  const found = /[\p{Cc}\p{Cf}\u00a0\u2000-\u200a\u2010-\u2015\u202f\u2212]/u.exec(text)?.[0];
  if (found === undefined) return undefined;
  const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return {
    problem: `the text contains the character U+${code}, which looks like a blank, a sign or nothing`,
    hint: 'remove the character from the file, or declare the column as text',
  };
}
