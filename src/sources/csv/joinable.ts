import { BOM_BYTES, bomLength } from './bom.ts';
import { isOddCount } from './odd-count.ts';

const LF = Buffer.from('\n');

/** The records of a CSV text cannot stand before those of another in one stream. */
export class NotJoinable extends Error {
  override name = 'NotJoinable';
}

/**
 * The data of a UTF-8 CSV text, its chunks as they came, such that the data of another may follow in the same
 * stream: without the first `header` bytes, without a byte order mark, with a line break at the end. A quote
 * that is still open there would take in what follows: `NotJoinable`, unless nothing follows and `quote` is
 * undefined. For dialects in which quotes escape themselves: there each of them opens or closes.
 */
export async function* joinable(
  text: AsyncIterable<Buffer>,
  header: number,
  quote: string | undefined,
): AsyncGenerator<Buffer, void> {
  const byte = quote?.charCodeAt(0);
  let skip = header;
  let isQuoted = false;
  let last = LF[0];
  for await (const chunk of header === 0 ? withoutMark(text) : text) {
    const data = chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - data.length;
    if (data.length === 0) continue;
    if (byte !== undefined) isQuoted = isQuoted !== isOddCount(data, byte);
    last = data.at(-1);
    yield data;
  }
  if (isQuoted) throw new NotJoinable('a quote is open at the end of the text');
  if (last !== LF[0]) yield LF;
}

/** Of the first chunk nothing is copied, unless it is too short to tell: it may be all of the text. */
async function* withoutMark(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of text) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = head.length === 0 && chunk.length >= BOM_BYTES ? chunk : Buffer.concat([head, chunk]);
    if (head.length < BOM_BYTES) continue;
    yield head.subarray(bomLength(head, 0, head.length));
    head = undefined;
  }
  if (head !== undefined) yield head;
}
