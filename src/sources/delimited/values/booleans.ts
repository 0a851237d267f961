import { noValue, withoutBlanks, type Reading, type ValueRule } from './value-rule.ts';

const spellings = new Set(['true', 't', 'yes', 'y', 'on', '1', 'false', 'f', 'no', 'n', 'off', '0']);

/** Words for true and false in other languages: they do not mean NULL. */
const foreignWords = new Set(
  'ja nein wahr falsch oui non vrai faux sí si no sim não nao verdadero falso vero tak nie da nee waar onwaar nej x'.split(
    ' ',
  ),
);

/** The bytes of the spellings, by their number. */
const byLength = [0, 1, 2, 3, 4, 5].map((length) =>
  [...spellings].filter((text) => text.length === length).map((text) => Buffer.from(text)),
);

const ZERO = 0x30;
/** Makes an upper-case letter a lower-case one, and leaves digits as they are. */
const LOWER = 0x20;

/** boolean: the spellings that hyperd reads, in any case. */
export const booleanRule: ValueRule = {
  isExact(bytes, start, end) {
    for (const spelling of byLength[end - start] ?? []) {
      let same = 0;
      while (same < spelling.length && isSame(bytes[start + same] ?? 0, spelling[same])) same++;
      if (same === spelling.length) return true;
    }
    return false;
  },
  read(text): Reading {
    const word = withoutBlanks(text).toLowerCase();
    if (spellings.has(word)) return { text };
    const ways = ['write true or false in the file', 'declare the column as text'];
    return foreignWords.has(word)
      ? { problem: 'only English words are read, such as yes and no', hint: ways.join(', or ') }
      : noValue('not a boolean', ways);
  },
};

function isSame(byte: number, lower: number | undefined): boolean {
  return byte >= ZERO && (byte | LOWER) === lower;
}
