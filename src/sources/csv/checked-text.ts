import { BOM_BYTES, bomLength } from './bom.ts';

/** Watches the bytes of a text. */
export interface TextWatch {
  push(chunk: Uint8Array): void;
  end(): void;
}

const LF = Buffer.from('\n');

/**
 * The data of a UTF-8 text that hyperd reads as it is written, its chunks as they came, each once `check` has seen
 * it: without the first `header` bytes and without a byte order mark. A missing last line break is added, so that the
 * data of another text may follow in the same stream.
 */
export async function* checkedText(
  text: AsyncIterable<Buffer>,
  check: TextWatch,
  header: number,
): AsyncGenerator<Buffer, void> {
  let skip = header;
  let last = LF[0];
  for await (const chunk of watched(text, check, header === 0)) {
    const data = chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - data.length;
    if (data.length === 0) continue;
    last = data.at(-1);
    yield data;
  }
  if (last !== LF[0]) yield LF;
}

/**
 * Passes chunks through the watch. A first chunk that is too short to show whether it begins with a mark waits for
 * the next one.
 */
async function* watched(
  text: AsyncIterable<Buffer>,
  check: TextWatch,
  withoutMark: boolean,
): AsyncGenerator<Buffer, void> {
  let head: Buffer | undefined = withoutMark ? Buffer.alloc(0) : undefined;
  for await (const chunk of text) {
    check.push(chunk);
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = head.length === 0 && chunk.length >= BOM_BYTES ? chunk : Buffer.concat([head, chunk]);
    if (head.length < BOM_BYTES) continue;
    yield head.subarray(bomLength(head, 0, head.length));
    head = undefined;
  }
  check.end();
  if (head !== undefined) yield head;
}
