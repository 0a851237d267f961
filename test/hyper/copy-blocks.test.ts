import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { blockSize, CopyBlocks, firstSize } from '../../src/hyper/copy-blocks.ts';

const mebibyte = 1024 * 1024;

/** A server that reads as slowly as it is let to, and takes the messages apart. */
function createServer() {
  const received: Buffer[] = [];
  const waiting: (() => void)[] = [];
  const socket = new Writable({
    write(chunk: Buffer, _encoding, done) {
      waiting.push(() => {
        received.push(Buffer.from(chunk));
        done();
      });
    },
  });
  return {
    socket: socket as unknown as ConstructorParameters<typeof CopyBlocks>[0],
    readOne: () => waiting.shift()?.() !== undefined,
    get waits() {
      return waiting.length > 0;
    },
    messages() {
      const bytes = Buffer.concat(received);
      const found: { kind: string; body: Buffer }[] = [];
      for (let at = 0; at < bytes.length;) {
        const end = at + 1 + bytes.readUInt32BE(at + 1);
        found.push({ kind: String.fromCharCode(bytes[at]!), body: bytes.subarray(at + 5, end) });
        at = end;
      }
      return found;
    },
  };
}

/** The lengths of the messages before the first that is a whole block. */
const growing = Array.from({ length: Math.log2(blockSize / firstSize) }, (_, turn) => firstSize * 2 ** turn);
const grown = growing.reduce((sum, length) => sum + length, 0);

test.each<[string, number[], number[]]>([
  ['nothing', [], []],
  ['little', [100], [100]],
  ['exactly the first message', [firstSize], [firstSize]],
  ['less than the second', [firstSize, 100], [firstSize, 100]],
  ['exactly a block', [grown, blockSize], [...growing, blockSize]],
  [
    'a block in small pieces, and one byte',
    [grown, ...Array<number>(16).fill(blockSize / 16), 1],
    [...growing, blockSize, 1],
  ],
  [
    'pieces that are larger than a block',
    [grown + 3 * blockSize + 7, 5, 2 * blockSize],
    [...growing, ...Array<number>(5).fill(blockSize), 12],
  ],
])(
  '%s goes out as the same bytes in ever larger messages and a rest, from memory that may be written anew',
  async (_, lengths, expected) => {
    const server = createServer();
    let told = 0;
    const blocks = new CopyBlocks(server.socket, (bytes) => (told += bytes));
    const sent: Buffer[] = [];
    for (const length of lengths) {
      const chunk = randomBytes(length);
      sent.push(Buffer.from(chunk));
      const full = blocks.take(chunk);
      if (full !== undefined) {
        const reading = setInterval(() => server.readOne());
        await full;
        clearInterval(reading);
      }
      chunk.fill(0);
    }
    blocks.end();
    while (server.waits) server.readOne();
    const messages = server.messages();
    const whole = Buffer.concat(sent);
    expect(Buffer.concat(messages.map(({ body }) => body)).equals(whole)).toBe(true);
    expect(told).toBe(whole.length);
    expect(messages.map(({ kind, body }) => [kind, body.length])).toEqual([
      ...expected.map((length) => ['d', length]),
      ['c', 0],
    ]);
  },
);

test('who sends faster than the server reads waits when both blocks are full', async () => {
  const server = createServer();
  const blocks = new CopyBlocks(server.socket, () => undefined);
  const reading = setInterval(() => server.readOne());
  await blocks.take(Buffer.alloc(grown));
  clearInterval(reading);
  while (server.waits) server.readOne();
  const chunk = Buffer.alloc(mebibyte);
  const perBlock = blockSize / mebibyte;
  for (let count = 0; count < 2 * perBlock; count++) expect(blocks.take(chunk)).toBeUndefined();
  let waited = true;
  const full = blocks.take(chunk)?.then(() => (waited = false));
  await new Promise((resolve) => setImmediate(resolve));
  expect(waited).toBe(true);
  server.readOne();
  await full;
  expect(waited).toBe(false);
});
