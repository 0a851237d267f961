import { TextDecoder } from 'node:util';
import { KoreanDecoder } from './korean-decoder.ts';

/** A decoder that throws where bytes mean nothing in its encoding. */
export interface StrictDecoder {
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
}

/**
 * The characters that Node.js decodes from bytes to which the WHATWG Encoding Standard gives another meaning or none:
 * its tables are those of ICU (nodejs/node issues 40091 and 61041). Characters for private use in Big5 are the place
 * of those of Hong Kong, for which there is no table here.
 */
const foreign: Readonly<Record<string, RegExp>> = {
  big5: /[\u0080-\u009f\ue000-\uf8ff]/,
  'euc-jp': /[\u0080-\u009f\u00a2\u00a3\u00ac]/,
};

/** The bytes that Node.js takes for characters of code page 866 or 943 of IBM, which moved these three. */
const movedControls = new Map([
  ['\u001c', '\u001a'],
  ['\u007f', '\u001c'],
  ['\u001a', '\u007f'],
]);

/** Returns a decoder for an encoding of several bytes a character, by the name that the standard gives it. */
export function strictDecoder(encoding: string): StrictDecoder {
  if (encoding === 'euc-kr') return new KoreanDecoder();
  // The standard decodes both alike; Node.js lacks some characters of GBK.
  const decoder = new TextDecoder(encoding === 'gbk' ? 'gb18030' : encoding, { fatal: true });
  if (encoding === 'shift_jis' && movesControls()) {
    return {
      decode: (bytes, options) =>
        decoder
          .decode(bytes, options)
          // eslint-disable-next-line no-control-regex -- these are the ones
          .replace(/[\u001a\u001c\u007f]/g, (character) => movedControls.get(character) ?? character),
    };
  }
  const wrong = foreign[encoding];
  if (wrong === undefined) return decoder;
  return {
    decode(bytes, options) {
      const text = decoder.decode(bytes, options);
      if (wrong.test(text)) throw new TypeError(`not a character of ${encoding}`);
      return encoding === 'big5' ? text.replaceAll('\u2593', '\uffed') : text;
    },
  };
}

function movesControls(): boolean {
  return new TextDecoder('shift_jis').decode(Uint8Array.of(0x1a)) !== '\u001a';
}
