/** How Excel shows a number: as a number, a day (with or without a time), or a time of day. */
export type NumberKind = 'number' | 'date' | 'time';

/** Formats that are not in the file. Those of East Asia and Thailand depend on the language, but all show dates or times. */
const builtIn: Readonly<Record<number, NumberKind>> = {
  ...ofKind(
    'date',
    [14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 57, 58, 71, 72, 73, 74, 77, 81],
  ),
  ...ofKind('time', [18, 19, 20, 21, 32, 33, 45, 47, 55, 56, 75, 76, 78, 80]),
};

export function kindOfFormat(id: number, code: string | undefined): NumberKind {
  return code === undefined ? (builtIn[id] ?? 'number') : kindOfCode(code);
}

/** Reads a format such as `dd.mm.yyyy hh:mm` or `#,##0.00 [Red]`. A duration ([h]:mm) stays the number of days that it is. */
export function kindOfCode(code: string): NumberKind {
  const [first = ''] = code.replace(aside, '').split(';');
  if (/\[(?:h+|m+|s+)\]/i.test(first)) return 'number';
  const signs = first.replace(/a\/p|am\/pm/gi, '').replace(/\p{Script=Latin}+/gu, letters);
  // Digits are those of a number, except for fractions of a second.
  if (/[0#?]/.test(signs.replace(/s[.,]?0+/gi, ''))) return 'number';
  // East Asian years and days of the week.
  if (/e|aaa/i.test(signs)) return 'date';
  if (/[yd]|(?<![hs:.])m(?!m?:?s)/i.test(signs)) {
    return /[yd]/i.test(signs) || !/[hs]/i.test(signs) ? 'date' : 'time';
  }
  return /[hs]/i.test(signs) ? 'time' : 'number';
}

/** Texts between quotes, single characters that are shown or skipped as they are, and conditions, colours and languages. */
const aside = /"[^"]*"?|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]/gi;

/** Other words are names, such as General and, from programs in other languages, Standard; or units without quotes. */
function letters(word: string): string {
  return /^(?:y+|m+|d+|h+|s+|e+|g+|b+|r+|aaaa?)+$/i.test(word) ? word : '';
}

function ofKind(kind: NumberKind, ids: readonly number[]): Record<number, NumberKind> {
  return Object.fromEntries(ids.map((id) => [id, kind]));
}
