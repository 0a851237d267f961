import { Transform } from 'node:stream';
import { encodingName, type ChunkDecoder } from './encoding.ts';
import { multiByteDecoder } from './multi-byte.ts';
import { singleByteDecoder } from './single-byte.ts';

/**
 * Returns a stream that turns text in `encoding` (any WHATWG label) into UTF-8; undefined if it is UTF-8 already.
 *
 * A byte that cannot be decoded is a `CsvEncodingError` with its offset. The byte order mark of UTF-16 text is
 * removed and decides the byte order, whichever of the two orders `encoding` names. Throws a `RangeError` for an
 * unknown label.
 */
export function transcodeToUtf8(encoding: string): Transform | undefined {
  const name = encodingName(encoding);
  if (name === 'utf-8') return undefined;
  const decoder = decoderOf(name);
  return new Transform({
    transform(bytes: Buffer, _encoding, done) {
      attempt(() => decoder.decode(bytes), done);
    },
    flush(done) {
      attempt(() => decoder.end(), done);
    },
  });
}

/** Returns the decoder for an encoding other than UTF-8, by the name that the WHATWG Encoding Standard gives it. */
export function decoderOf(name: string): ChunkDecoder {
  return singleByteDecoder(name) ?? multiByteDecoder(name);
}

function attempt(decode: () => Buffer, done: (error: Error | null, bytes?: Buffer) => void): void {
  let bytes: Buffer;
  try {
    bytes = decode();
  } catch (error) {
    done(error as Error);
    return;
  }
  done(null, bytes);
}
