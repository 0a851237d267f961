import { noValue, withoutBlanks, type Reading, type ValueRule } from './rule.ts';

const spellings = new Set(['true', 't', 'yes', 'y', 'on', '1', 'false', 'f', 'no', 'n', 'off', '0']);

/** Words for true and false in other languages: they do not mean NULL. */
const foreignWords = new Set(
  'ja nein wahr falsch oui non vrai faux sí si no sim não nao verdadero falso vero tak nie da nee waar onwaar nej x'.split(
    ' ',
  ),
);

/** The bytes of each spelling as one number. */
const packed = new Set(
  [...spellings].map((text) => Buffer.from(text).reduce((sum, byte) => sum * 256 + byte, 0)),
);

const LONGEST = 5;
const ZERO = 0x30;
/** Makes an upper-case letter a lower-case one, and leaves digits as they are. */
const LOWER = 0x20;

/** boolean: the spellings that hyperd reads, in any case. */
export const booleanRule: ValueRule = {
  isExact(bytes, start, end) {
    if (end - start > LONGEST) return false;
    let sum = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte < ZERO) return false;
      sum = sum * 256 + (byte | LOWER);
    }
    return packed.has(sum);
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
