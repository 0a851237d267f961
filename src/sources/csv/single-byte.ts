/* eslint-disable @typescript-eslint/no-non-null-assertion -- the tables have an entry for every byte. */
import { isAscii } from 'node:buffer';
import type { ChunkDecoder } from './encoding.ts';
import { CsvEncodingError } from './errors.ts';
import { LineCount } from './line-count.ts';

/** 0x80 to 0x9F of windows-1252. Not asked of TextDecoder: several releases of Node.js answer as for ISO 8859-1. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8DŽ\x8F\x90‘’“”•–—˜™š›œ\x9DžŸ';

/**
 * Bytes that Node.js decodes by the tables of ICU instead of those of the standard (nodejs/node issue 61041); null for those
 * that mean nothing.
 */
const corrections: Readonly<Record<string, ReadonlyMap<number, string | null>>> = {
  'koi8-u': new Map([
    [0xae, '\u045e'],
    [0xbe, '\u040e'],
  ]),
  'windows-874': new Map([0xdb, 0xdc, 0xdd, 0xde, 0xfc, 0xfd, 0xfe, 0xff].map((byte) => [byte, null])),
  'windows-1253': new Map([[0xaa, null]]),
  'windows-1255': new Map([[0xca, '\u05ba']]),
};

/** Encodings of the WHATWG standard in which a character may have several bytes. */
const multiByte = new Set([
  ...['utf-8', 'utf-16le', 'utf-16be', 'gbk', 'gb18030', 'big5'],
  ...['euc-jp', 'iso-2022-jp', 'shift_jis', 'euc-kr'],
]);

/** A decoder by table, from bytes to bytes; undefined if `encoding` (a standard name) is not a single-byte one. */
export function singleByteDecoder(encoding: string): ChunkDecoder | undefined {
  if (multiByte.has(encoding)) return undefined;
  const characters = Array.from({ length: 256 }, (_, byte) => Buffer.from(character(encoding, byte)));
  const lengths = Uint8Array.from(characters, ({ length }) => length);
  const utf8 = new Uint8Array(256 * 3);
  for (const [byte, character] of characters.entries()) utf8.set(character, byte * 3);

  const keepsAscii = characters.slice(0, 0x80).every((character, byte) => character[0] === byte);
  let offset = 0;
  const lines = new LineCount();
  const decode = (chunk: Buffer): Buffer => {
    if (keepsAscii && isAscii(chunk)) {
      offset += chunk.length;
      lines.add(chunk);
      return chunk;
    }
    const text = Buffer.allocUnsafeSlow(chunk.length * 3);
    let at = 0;
    for (let from = 0; from < chunk.length; from++) {
      const byte = chunk[from]!;
      const length = lengths[byte]!;
      if (length === 1) {
        text[at++] = utf8[byte * 3]!;
      } else if (length === 0) {
        const hex = byte.toString(16).toUpperCase().padStart(2, '0');
        lines.add(text.subarray(0, at));
        throw new CsvEncodingError(encoding, { offset: offset + from, line: lines.line }, `byte 0x${hex}`);
      } else {
        for (let part = 0; part < length; part++) text[at++] = utf8[byte * 3 + part]!;
      }
    }
    offset += chunk.length;
    const decoded = text.subarray(0, at);
    lines.add(decoded);
    return decoded;
  };
  return { decode, end: () => Buffer.alloc(0) };
}

/** Returns the character that a byte encodes; nothing if it encodes none. */
function character(encoding: string, byte: number): string {
  if (byte < 0x80) return String.fromCharCode(byte);
  if (encoding === 'windows-1252') return WINDOWS_1252[byte - 0x80] ?? String.fromCharCode(byte);
  const corrected = corrections[encoding]?.get(byte);
  if (corrected !== undefined) return corrected ?? '';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(Uint8Array.of(byte), { stream: true });
  } catch {
    return '';
  }
}
