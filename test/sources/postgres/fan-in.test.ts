import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FanIn } from '../../../src/sources/postgres/read/fan-in.ts';

/** Cuts a text into chunks at these places, whatever is there. */
function cut(whole: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(whole);
  const bounds = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  );
  return bounds.slice(1).map((end, index) => bytes.subarray(bounds[index], end));
}

const rowsOf = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\t', 'é'), maxLength: 12 }), {
  maxLength: 12,
});

const bytesOf = (chunk: string) => Buffer.from(chunk);

async function merge(...inputs: Readable[]): Promise<string> {
  const rows = new FanIn();
  void Promise.all(inputs.map((input) => rows.join(input))).then(() => rows.finish());
  return text(rows);
}

test('every row arrives whole and in the order of its stream, wherever the chunks end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(rowsOf, fc.array(fc.nat(200), { maxLength: 30 })), { maxLength: 4 }),
      async (streams) => {
        const inputs = streams.map(([rows, places], index) => {
          const whole = rows.map((row) => `${index}:${row}\n`).join('');
          return Readable.from(cut(whole, places).filter((chunk) => chunk.length > 0));
        });
        const lines = (await merge(...inputs)).split('\n').slice(0, -1);
        for (const [index, [rows]] of streams.entries())
          expect(lines.filter((line) => line.startsWith(`${index}:`))).toEqual(
            rows.map((row) => `${index}:${row}`),
          );
        expect(lines).toHaveLength(streams.reduce((sum, [rows]) => sum + rows.length, 0));
      },
    ),
  );
});

/** A stream that gives another chunk each time it is asked, and counts them. */
function endless(chunk: string): { stream: Readable; taken: () => number } {
  let taken = 0;
  const bytes = Buffer.from(chunk);
  const stream = new Readable({
    highWaterMark: bytes.length,
    read() {
      taken++;
      this.push(bytes);
    },
  });
  return { stream, taken: () => taken };
}

test('nothing more is taken while nothing is consumed', async () => {
  const rows = new FanIn();
  const inputs = Array.from({ length: 4 }, () => endless(`${'x'.repeat(64 * 1024)}\n`));
  for (const { stream } of inputs) void rows.join(stream);
  let before = -1;
  const all = () => inputs.reduce((sum, { taken }) => sum + taken(), 0);
  while (all() !== before) {
    before = all();
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  // Its own buffer of 512 KiB, and of each stream its buffer and the chunk that is passed on.
  expect(all()).toBeLessThanOrEqual(8 + 4 * 3);
  rows.destroy();
});

test('of a row wider than its chunks no more than a chunk is kept, and no other row gets into it', async () => {
  const wide = Readable.from(['w', ...new Array<string>(50).fill('w'.repeat(1000)), '\n'].map(bytesOf));
  const other = Readable.from(new Array<string>(50).fill('o\n').map(bytesOf));
  const lines = (await merge(wide, other)).split('\n').slice(0, -1);
  expect(lines.toSorted()).toEqual([...new Array<string>(50).fill('o'), 'w'.repeat(50_001)].toSorted());
});

test('the first failure of a stream ends all, with that error', async () => {
  const rows = new FanIn();
  const [one, other] = [endless('1\n'), endless('2\n')];
  const joined = [one, other].map(({ stream }) => rows.join(stream));
  const read = text(rows);
  one.stream.destroy(new Error('first'));
  await expect(read).rejects.toThrow('first');
  await Promise.all(joined);
  expect(other.stream.destroyed).toBe(true);
});

test('a stream that ends within a row is an error', async () => {
  await expect(merge(Readable.from(['a\n', 'b'].map(bytesOf)))).rejects.toThrow(
    'a COPY has ended within a row',
  );
});
