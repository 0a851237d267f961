import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { blockSize, CopyBlocks } from '../../src/hyper/copy-blocks.ts';

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

test.each([
  ['nothing', []],
  ['less than a block', [100]],
  ['exactly a block', [blockSize]],
  ['a block in small pieces, and one byte', [...Array<number>(16).fill(blockSize / 16), 1]],
  ['pieces that are larger than a block', [3 * blockSize + 7, 5, 2 * blockSize]],
])(
  '%s goes out as the same bytes in large messages and a rest, from memory that may be written anew',
  async (_, lengths) => {
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
      ...Array<unknown>(Math.floor(whole.length / blockSize)).fill(['d', blockSize]),
      ...(whole.length % blockSize > 0 ? [['d', whole.length % blockSize]] : []),
      ['c', 0],
    ]);
  },
);

test('who sends faster than the server reads waits when both blocks are full', async () => {
  const server = createServer();
  const blocks = new CopyBlocks(server.socket, () => undefined);
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
