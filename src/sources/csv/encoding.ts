/**
 * The name that the WHATWG Encoding Standard gives an encoding, in lower case: `latin1` and `ascii` are
 * `windows-1252`, `utf8` is `utf-8`, `utf-16` is `utf-16le`. Throws a `RangeError` for labels it (or Node.js) lacks.
 */
export function encodingName(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (cause) {
    throw new RangeError(
      `encoding ${JSON.stringify(label)} is not known; use a label of the WHATWG Encoding Standard, ` +
        'such as utf-8, windows-1252, iso-8859-15, utf-16le, shift_jis, gb18030',
      { cause },
    );
  }
}

/** Turns the chunks of one text into UTF-8. Both throw a `CsvEncodingError`. */
export interface ChunkDecoder {
  decode(chunk: Buffer): Buffer;
  end(): Buffer;
}
