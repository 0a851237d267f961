/** The kind of a file by its first bytes, where it is no text in the encoding of the format. */
export interface Content {
  /** Continues a sentence that begins with the file's name. */
  what: string;
  /** The remedy, as YAML where YAML can read the file. */
  remedy: string;
}

/** The number of bytes that are examined. */
export const HEAD_BYTES = 1024;

/** Returns true if the bytes begin like gzip, the only packing that is unpacked. */
export function isGzipHead(head: Uint8Array): boolean {
  return startsWith(head, GZIP);
}

const GZIP = [0x1f, 0x8b];

/**
 * Names files that are not text, and text whose first bytes show another encoding than `encoding` (a WHATWG label in
 * lower case). Undefined: nothing contradicts it.
 */
export function foreignContent(head: Buffer, encoding: string): Content | undefined {
  return (
    kinds.find(({ is }) => is(head, head.toString('latin1'))) ??
    foreignEncoding(head, new TextDecoder(encoding).encoding)
  );
}

const convert = 'save it as UTF-8 text (CSV)';
const unpack = 'unpack it first: only gzip and zip are unpacked here';

type Kind = Content & { is: (head: Buffer, text: string) => boolean };

const kinds: readonly Kind[] = [
  {
    is: (head, text) => startsWith(head, ZIP) && /\[Content_Types\]\.xml|xl\/|docProps\//.test(text),
    what: 'is an Excel workbook (.xlsx), not text',
    remedy: 'write format: xlsx',
  },
  {
    is: (head, text) => startsWith(head, ZIP) && text.includes('application/vnd.oasis.opendocument'),
    what: 'is an OpenDocument file, not text',
    remedy: convert,
  },
  {
    is: (head) => startsWith(head, ZIP) || startsWith(head, [0x50, 0x4b, 0x05, 0x06]),
    what: 'is a zip archive, not text',
    remedy: 'write compression: zip in its format',
  },
  {
    is: (head) => startsWith(head, [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
    what: 'is an old Excel workbook (.xls), not text',
    remedy: convert,
  },
  { is: isGzipHead, what: 'is packed with gzip', remedy: 'write compression: gzip in its format' },
  packed('bzip2', (text) => /^BZh[1-9]/.test(text) && /^(?:1AY&SY|.rE8P\x90)/s.test(text.slice(4))),
  packed('zstd', '\x28\xb5\x2f\xfd'),
  packed('xz', '\xfd7zXZ\0'),
  packed('lz4', '\x04\x22\x4d\x18'),
  packed('7z', '7z\xbc\xaf\x27\x1c'),
  packed('tar', (text) => text.startsWith('ustar', 257) && text.slice(262, 265).includes('\0')),
  {
    is: (_, text) => text.startsWith('PAR1\x15') || /^PARE[^\t\n\r -~]/.test(text),
    what: 'is a Parquet file, not text',
    remedy: 'write format: parquet',
  },
  named('an Avro file', 'Obj\x01'),
  named('an ORC file', (text) => /^ORC[^\t\n\r -~]/.test(text)),
  named('an Arrow file', 'ARROW1\0\0'),
  named('a SQLite database', 'SQLite format 3\0'),
  named('a PDF document', (text) => /^%PDF-\d\.\d/.test(text)),
];

type Beginning = string | ((text: string) => boolean);

function packed(packer: string, beginning: Beginning): Kind {
  return { is: beginsWith(beginning), what: `is packed with ${packer}`, remedy: unpack };
}

function named(name: string, beginning: Beginning): Kind {
  return { is: beginsWith(beginning), what: `is ${name}, not text`, remedy: convert };
}

function beginsWith(beginning: Beginning): Kind['is'] {
  return (_, text) => (typeof beginning === 'string' ? text.startsWith(beginning) : beginning(text));
}

/** Most often the answer of a server that did not give the file. Not looked for where there is no header: text may be HTML. */
export function isPage(header: string): boolean {
  return /^\s*<(?:!doctype html|html[\s>])/i.test(header);
}

const ZIP = [0x50, 0x4b, 0x03, 0x04];

function startsWith(head: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => head[index] === byte);
}

/**
 * Returns the encoding that the first bytes of a text show: by a byte order mark, or by the zeros that letters have in UTF-16;
 * undefined if they show none.
 */
export function shownEncoding(head: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  const mark = byteOrderMark(head);
  const zeros = zerosOf(head);
  if (mark === 'utf-8' || mark === 'utf-16le' || mark === 'utf-16be') return mark;
  return zeros === 'utf-32' ? undefined : zeros;
}

/** Returns the encoding of a file that uses another size per ASCII character than `encoding`. */
function foreignEncoding(head: Buffer, encoding: string): Content | undefined {
  const said = encoding.startsWith('utf-16') ? 2 : 1;
  const mark = byteOrderMark(head);
  if (mark === 'utf-8' && encoding !== 'utf-8') {
    return {
      what: `begins with the byte order mark of UTF-8, but its encoding is said to be ${encoding}`,
      remedy: 'write encoding: utf-8 in its format',
    };
  }
  const zeros = zerosOf(head);
  if (mark?.startsWith('utf-32') === true || zeros === 'utf-32') {
    return { what: 'is text in UTF-32, which is not read here', remedy: 'save it as UTF-8' };
  }
  if (said === 2) return undefined;
  // In other encodings these two bytes are letters.
  const isMarked = mark?.startsWith('utf-16') === true && (encoding === 'utf-8' || zeros !== undefined);
  const name = isMarked ? mark : zeros;
  if (name === undefined) return undefined;
  const why = isMarked ? 'its byte order mark says so' : 'every other byte is zero';
  return {
    what: `is text in ${name.toUpperCase()}: ${why}`,
    remedy: `write encoding: ${name} in its format`,
  };
}

function byteOrderMark(head: Buffer): string | undefined {
  if (startsWith(head, [0xef, 0xbb, 0xbf])) return 'utf-8';
  if (startsWith(head, [0xff, 0xfe, 0, 0])) return 'utf-32le';
  if (startsWith(head, [0, 0, 0xfe, 0xff])) return 'utf-32be';
  if (startsWith(head, [0xff, 0xfe])) return 'utf-16le';
  return startsWith(head, [0xfe, 0xff]) ? 'utf-16be' : undefined;
}

/** Letters of most languages have a zero in half of their bytes in UTF-16, in three of four in UTF-32. */
function zerosOf(head: Buffer): 'utf-16le' | 'utf-16be' | 'utf-32' | undefined {
  const units = Math.floor(head.length / 4);
  if (units === 0) return undefined;
  const zeros = [0, 0, 0, 0];
  for (let at = 0; at < units * 4; at++) if (head[at] === 0) zeros[at % 4] = (zeros[at % 4] ?? 0) + 1;
  const [first = 0, second = 0, third = 0, fourth = 0] = zeros.map((count) => count / units);
  if ((second + third + fourth > 2.8 && first < 0.1) || (first + second + third > 2.8 && fourth < 0.1)) {
    return 'utf-32';
  }
  if (second + fourth > 1 && first + third < 0.1) return 'utf-16le';
  return first + third > 1 && second + fourth < 0.1 ? 'utf-16be' : undefined;
}
