import type { CommonForm } from '../../csv/index.ts';

/** The rule by which the text of a field becomes a value of one column. It is made once per column and file format. */
export interface ValueRule {
  /** Undefined where no form is both exact and common. */
  readonly commonForm?: CommonForm | undefined;
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
  /** Instead of the hint, where the text may mean NULL: the ways out beside listing it as such. */
  ways?: readonly string[];
}

export function isRefused(result: object): result is Refused {
  return 'problem' in result;
}

/** Refuses a text that is no value of the type at all, and may mean NULL. The last of the ways out follows an "or". */
export function noValue(
  problem: string,
  ways: readonly string[] = ['correct the file', 'declare the column as text'],
): Refused {
  return {
    problem,
    hint: [...ways.slice(0, -1), `or ${ways.at(-1) ?? ''}`].join(', ').replace(/^or /, ''),
    ways,
  };
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

/** Names invisible characters, which explain why a text that looks right is refused. */
export function invisible(text: string): Refused | undefined {
  const found = /[\p{Cc}\p{Cf}\u00a0\u2000-\u200a\u2010-\u2015\u202f\u2212]/u.exec(text)?.[0];
  if (found === undefined) return undefined;
  const isDash = /[\u2010-\u2015\u2212]/.test(found);
  const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return {
    problem: `the text contains the character U+${code}, which looks like a blank, a sign or nothing`,
    hint: `${isDash ? 'write - in the file instead' : 'remove the character from the file'}, or declare the column as text`,
  };
}
