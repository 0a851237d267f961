/** An entry of a tar archive. Its content is skipped if it is not read before the next entry. */
export interface TarEntry {
  name: string;
  kind: 'file' | 'folder' | 'other';
  /** Permission bits. */
  mode: number;
  size: number;
  content: AsyncIterable<Buffer>;
}

const blockSize = 512;

/** Names longer than a header holds come before their entry, in one of these. */
const longest = 1024 ** 2;

/**
 * Reads the entries of a tar archive (POSIX.1-2017, "ustar Interchange Format" and "pax Interchange Format", and the
 * long names of GNU tar). Throws an Error that says what is wrong with it.
 */
export async function* tarEntries(bytes: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const input = byteReader(bytes);
  let name: string | undefined;
  while (true) {
    const header = await input.take(blockSize);
    // Two blocks of zeros end it; one is enough to know.
    if (header.every((byte) => byte === 0)) return;
    const found = readHeader(header);
    const padding = (blockSize - (found.size % blockSize)) % blockSize;
    if (found.type === 'x' || found.type === 'L') {
      if (found.size > longest) throw new Error('a name in it is too long');
      const text = (await input.take(found.size)).toString('utf8');
      name = (found.type === 'x' ? paxPath(text) : text.replace(/\0.*$/s, '')) ?? name;
      await input.take(padding);
      continue;
    }
    let left = found.size;
    const content = async function* () {
      while (left > 0) {
        const chunk = await input.some(left);
        left -= chunk.length;
        yield chunk;
      }
    };
    yield {
      name: name ?? found.name,
      kind: kinds[found.type] ?? 'other',
      mode: found.mode,
      size: found.size,
      content: content(),
    };
    name = undefined;
    while (left > 0) left -= (await input.some(left)).length;
    await input.take(padding);
  }
}

const kinds: Readonly<Record<string, TarEntry['kind']>> = { '0': 'file', '\0': 'file', '5': 'folder' };

interface Header {
  name: string;
  mode: number;
  size: number;
  type: string;
}

function readHeader(block: Buffer): Header {
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  if (octal(block, 148, 8) !== sum) throw new Error('a header in it does not match its checksum');
  const prefix = block.toString('latin1', 257, 262) === 'ustar' ? text(block, 345, 155) : '';
  const base = text(block, 0, 100);
  return {
    name: prefix === '' ? base : `${prefix}/${base}`,
    mode: octal(block, 100, 8) & 0o777,
    size: octal(block, 124, 12),
    type: block.toString('latin1', 156, 157),
  };
}

const text = (block: Buffer, at: number, length: number) =>
  block.toString('utf8', at, at + length).replace(/\0.*$/s, '');

function octal(block: Buffer, at: number, length: number): number {
  const digits = text(block, at, length).trim();
  if (!/^[0-7]*$/.test(digits)) throw new Error('a number in it is not octal');
  return Number.parseInt(digits === '' ? '0' : digits, 8);
}

/** Returns the path of a pax header, whose lines are `LENGTH KEY=VALUE`. */
const paxPath = (header: string) => /^\d+ path=(.*)$/m.exec(header)?.[1];

/** Gives out a stream of bytes in portions that the reader chooses. */
function byteReader(bytes: AsyncIterable<Buffer>) {
  const source = bytes[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const fill = async () => {
    const next = await source.next();
    if (next.done === true) throw new Error('it ends in the middle');
    held = next.value;
  };
  /** Returns at least one byte and at most so many. */
  const some = async (most: number) => {
    while (held.length === 0) await fill();
    const chunk = held.subarray(0, most);
    held = held.subarray(chunk.length);
    return chunk;
  };
  return {
    some,
    async take(length: number): Promise<Buffer> {
      const chunks: Buffer[] = [];
      for (let left = length; left > 0; left -= chunks.at(-1)?.length ?? 0) chunks.push(await some(left));
      return Buffer.concat(chunks);
    },
  };
}
