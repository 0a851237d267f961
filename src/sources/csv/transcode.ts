import { encodingName, type ChunkDecoder } from './encoding.ts';
import { multiByteDecoder } from './multi-byte.ts';
import { singleByteDecoder } from './single-byte.ts';

/**
 * Returns text in `encoding` (any WHATWG label) as UTF-8; the text itself if it is UTF-8 already.
 *
 * A byte that cannot be decoded is a `CsvEncodingError` with its offset. The byte order mark of UTF-16 text is
 * removed and decides the byte order, whichever of the two orders `encoding` names. Throws a `RangeError` for an
 * unknown label.
 */
export function transcodeToUtf8(text: AsyncIterable<Buffer>, encoding: string): AsyncIterable<Buffer> {
  const name = encodingName(encoding);
  return name === 'utf-8' ? text : decoded(text, decoderOf(name));
}

/** Returns the decoder for an encoding other than UTF-8, by the name that the WHATWG Encoding Standard gives it. */
export function decoderOf(name: string): ChunkDecoder {
  return singleByteDecoder(name) ?? multiByteDecoder(name);
}

async function* decoded(text: AsyncIterable<Buffer>, decoder: ChunkDecoder): AsyncGenerator<Buffer, void> {
  for await (const chunk of text) {
    const utf8 = decoder.decode(chunk);
    if (utf8.length > 0) yield utf8;
  }
  const end = decoder.end();
  if (end.length > 0) yield end;
}
