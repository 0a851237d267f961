import type { ChunkDecoder } from './encoding.ts';
import { CsvEncodingError } from './errors.ts';
import { LineCount } from './line-count.ts';
import { strictDecoder } from './strict-decoder.ts';

/** The number of bytes before a chunk that are kept at least, to find out where characters begin. */
const CONTEXT_BYTES = 64;

/** A decoder for the encodings in which a character may have several bytes. */
export function multiByteDecoder(name: string): ChunkDecoder {
  return name.startsWith('utf-16') ? utf16Decoder(name) : textDecoder(name);
}

/** Waits for the two bytes in which a byte order mark would be, and lets it decide. */
function utf16Decoder(name: string): ChunkDecoder {
  let head: Buffer = Buffer.alloc(0);
  let decoder: ChunkDecoder | undefined;
  return {
    decode(chunk) {
      if (decoder) return decoder.decode(chunk);
      head = Buffer.concat([head, chunk]);
      if (head.length < 2) return Buffer.alloc(0);
      const mark = head.readUInt16BE(0);
      decoder = textDecoder(mark === 0xfeff ? 'utf-16be' : mark === 0xfffe ? 'utf-16le' : name);
      return decoder.decode(head);
    },
    end() {
      decoder ??= textDecoder(name);
      return head.length === 1 ? Buffer.concat([decoder.decode(head), decoder.end()]) : decoder.end();
    },
  };
}

function textDecoder(encoding: string): ChunkDecoder {
  const decoder = strictDecoder(encoding);
  let before: Buffer = Buffer.alloc(0);
  let offset = 0;
  const lines = new LineCount();
  return {
    decode(chunk) {
      let text: string;
      try {
        text = decoder.decode(chunk, { stream: true });
      } catch {
        const bad = findBadByte(encoding, before, offset, chunk);
        lines.add(bad.decoded);
        throw new CsvEncodingError(encoding, { offset: offset + bad.at, line: lines.line }, 'the character');
      }
      offset += chunk.length;
      before =
        chunk.length >= CONTEXT_BYTES ? chunk : Buffer.concat([before, chunk]).subarray(-CONTEXT_BYTES);
      const utf8 = Buffer.from(text);
      lines.add(utf8);
      return utf8;
    },
    end() {
      try {
        return Buffer.from(decoder.decode());
      } catch {
        throw new CsvEncodingError(encoding, { offset, line: lines.line });
      }
    },
  };
}

/**
 * Returns the position in `chunk` of the first byte that cannot be decoded, and the text of the chunk before it.
 * A decoder does not report it, so the text is decoded once more, byte by byte, from the last place in the text
 * before it where a character surely begins.
 */
function findBadByte(
  encoding: string,
  before: Buffer,
  offset: number,
  chunk: Buffer,
): { at: number; decoded: Buffer } {
  const from = encoding.startsWith('utf-16') ? utf16Start(encoding, before, offset) : asciiStart(before);
  const bytes = Buffer.concat([before.subarray(from), chunk]);
  const decoder = strictDecoder(encoding);
  const start = before.length - from;
  let decoded = '';
  for (let at = 0; at < bytes.length; at++) {
    try {
      const text = decoder.decode(bytes.subarray(at, at + 1), { stream: true });
      if (at >= start) decoded += text;
    } catch {
      return { at: Math.max(0, at - start), decoded: Buffer.from(decoded) };
    }
  }
  return { at: 0, decoded: Buffer.alloc(0) };
}

/** After the last byte below 0x30: in all the encodings of East Asia such a byte ends a character. */
function asciiStart(before: Buffer): number {
  return before.findLastIndex((byte) => byte < 0x30) + 1;
}

/** Before the last whole unit that is not the second half of a pair; `offset` is where `before` ends in the file. */
function utf16Start(encoding: string, before: Buffer, offset: number): number {
  const first = (offset - before.length) % 2;
  let start = before.length - (offset % 2) - 2;
  const isSecondHalf = (at: number) => ((before[encoding === 'utf-16be' ? at : at + 1] ?? 0) & 0xfc) === 0xdc;
  while (start > first && isSecondHalf(start)) start -= 2;
  return Math.max(first, start);
}
