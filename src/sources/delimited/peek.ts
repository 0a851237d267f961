/**
 * The first bytes of a text, as many as asked for or all that there are, and all of its chunks once more. A chunk is
 * good until the next one is asked for.
 */
export async function peek(
  chunks: AsyncIterable<Buffer>,
  length: number,
): Promise<{ head: Buffer; all: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  // One chunk is mostly enough, and is not copied: it may be all of the text.
  let read: Buffer | undefined;
  while (read === undefined || read.length < length) {
    const step = await iterator.next();
    if (step.done === true) break;
    read = read === undefined ? step.value : Buffer.concat([read, step.value]);
    if (read.length < length) read = Buffer.from(read);
  }
  return { head: (read ?? Buffer.alloc(0)).subarray(0, length), all: from(read, iterator) };
}

async function* from(read: Buffer | undefined, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (read !== undefined) yield read;
    yield* { [Symbol.asyncIterator]: () => rest };
  } finally {
    await rest.return?.();
  }
}
