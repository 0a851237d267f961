import { TextDecoder } from 'node:util';

/** The first and the last byte of a character of two bytes, and its second byte at least and at most. */
const LEAD = [0x81, 0xfe] as const;
const TRAIL = [0x41, 0xfe] as const;
const TRAILS = TRAIL[1] - TRAIL[0] + 1;

/**
 * Decodes `euc-kr` as the WHATWG Encoding Standard defines it: Windows code page 949, in which all 11 172 syllables
 * have a place. Node.js knows the 2350 of KS X 1001 only and gives others as control characters and letters, without
 * an error (nodejs/node issue 61041).
 */
export class KoreanDecoder {
  /** The first byte of a character whose second has not come. */
  #lead = 0;

  /** @throws TypeError for bytes that are no character. */
  decode(bytes: Uint8Array = new Uint8Array(), { stream = false }: { stream?: boolean } = {}): string {
    const table = characters();
    const units = new Uint16Array(bytes.length);
    let count = 0;
    for (const byte of bytes) {
      if (this.#lead !== 0) {
        const isTrail = byte >= TRAIL[0] && byte <= TRAIL[1];
        const unit = isTrail ? (table[(this.#lead - LEAD[0]) * TRAILS + byte - TRAIL[0]] ?? 0) : 0;
        if (unit === 0) throw new TypeError('not a character of euc-kr');
        this.#lead = 0;
        units[count++] = unit;
      } else if (byte < 0x80) {
        units[count++] = byte;
      } else if (byte >= LEAD[0] && byte <= LEAD[1]) {
        this.#lead = byte;
      } else {
        throw new TypeError('not a character of euc-kr');
      }
    }
    if (!stream && this.#lead !== 0) throw new TypeError('an incomplete character of euc-kr');
    return Buffer.from(units.buffer, 0, count * 2).toString('utf16le');
  }
}

let known: Uint16Array | undefined;

/** Returns the UTF-16 unit of each pair of bytes; 0 where there is none. */
function characters(): Uint16Array {
  if (known) return known;
  const table = new Uint16Array((LEAD[1] - LEAD[0] + 1) * TRAILS);
  const place = (lead: number, trail: number) => (lead - LEAD[0]) * TRAILS + trail - TRAIL[0];
  const standard = new Set<number>();
  const decoder = new TextDecoder('euc-kr');
  for (let lead = 0xa1; lead <= 0xfe; lead++) {
    for (let trail = 0xa1; trail <= 0xfe; trail++) {
      const unit = decoder.decode(Uint8Array.of(lead, trail)).charCodeAt(0);
      // Private characters are those that the user of an old system could define. The standard has none here.
      if (unit === 0xfffd || (unit >= 0xe000 && unit < 0xf900)) continue;
      table[place(lead, trail)] = unit;
      standard.add(unit);
    }
  }
  table[place(0xa2, 0xe6)] = 0x20ac;
  table[place(0xa2, 0xe7)] = 0xae;
  const places = extensionPlaces();
  for (let syllable = 0xac00; syllable <= 0xd7a3; syllable++) {
    if (standard.has(syllable)) continue;
    const { value } = places.next();
    if (value !== undefined) table[place(value.lead, value.trail)] = syllable;
  }
  known = table;
  return table;
}

/** Yields the places that code page 949 adds to KS X 1001, which the other syllables fill in the order of Unicode. */
function* extensionPlaces(): Generator<{ lead: number; trail: number }, undefined> {
  for (let lead: number = LEAD[0]; lead <= 0xc6; lead++) {
    for (let trail: number = TRAIL[0]; trail <= (lead < 0xa1 ? TRAIL[1] : 0xa0); trail++) {
      const isLetter = (trail & 0xdf) >= 0x41 && (trail & 0xdf) <= 0x5a;
      if (trail > 0x80 || isLetter) yield { lead, trail };
    }
  }
}
