import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findHyperd } from '../../src/hyper/binary.ts';
import { blockSize } from '../../src/hyper/copy-blocks.ts';
import { SourceFailure } from '../../src/hyper/copy-in.ts';
import { startHyperd, type HyperProcess } from '../../src/hyper/process.ts';
import { openSession, type HyperSession } from '../../src/hyper/session.ts';
import type { Bytes } from '../../src/model/ports/feed.ts';

let engine: HyperProcess;
let session: HyperSession;
beforeAll(async () => {
  engine = await startHyperd(await findHyperd({}), {});
  session = await openSession(engine);
});
afterAll(async () => {
  await session.end();
  await engine.stop();
});
beforeEach(async () => {
  await session.query('drop table if exists t');
  await session.query('create temporary table t (n bigint)');
});

const copy = 'copy t from stdin with (format csv)';
const silent = () => undefined;
const never = new AbortController().signal;

/** Numbers from 0, eight bytes each, without an end; one chunk's memory is the next one's. */
async function* numbers(most = Infinity): AsyncGenerator<Buffer> {
  const memory = Buffer.alloc(8 * 10_000);
  for (let first = 0; first < most; first += 10_000) {
    memory.fill(' ');
    for (let n = 0; n < 10_000; n++)
      memory.write(`${String((first + n) % 1e7).padStart(7)}\n`, 8 * n, 'latin1');
    yield memory;
    await Promise.resolve();
  }
}

function lean(chunks: AsyncGenerator<Buffer>) {
  const told: { reason: unknown }[] = [];
  const bytes: Bytes = {
    [Symbol.asyncIterator]: () => chunks,
    destroy: (reason) => told.push({ reason }),
  };
  return { bytes, told };
}

const stored = async () => (await session.query('select count(*) as n, sum(n) as sum from t'))[0];

describe('what goes in', () => {
  const rows = 1_200_000;
  const sum = String((rows * (rows - 1)) / 2);

  it('is all of a chunk that is larger than all blocks, and the last', async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of numbers(rows)) chunks.push(Buffer.from(chunk));
    const whole = Buffer.concat(chunks);
    expect(await session.copyIn(copy, Readable.from([whole]), silent, never)).toBe(rows);
    expect(await stored()).toEqual({ n: String(rows), sum });
  });

  it('is all of it, from memory that is written anew for every chunk', async () => {
    expect(rows * 8).toBeGreaterThan(2 * blockSize);
    let sent = 0;
    const { bytes } = lean(numbers(rows));
    expect(await session.copyIn(copy, bytes, (count) => (sent += count), never)).toBe(rows);
    expect([sent, await stored()]).toEqual([rows * 8, { n: String(rows), sum }]);
  });

  it('is all of a Readable, and nothing of an empty one', async () => {
    async function* owned() {
      for await (const chunk of numbers(rows)) yield Buffer.from(chunk);
    }
    expect(await session.copyIn(copy, Readable.from(owned()), silent, never)).toBe(rows);
    expect(await session.copyIn(copy, Readable.from([]), silent, never)).toBe(0);
    expect(await stored()).toEqual({ n: String(rows), sum });
  });
});

describe.each([
  ['a Readable', (chunks: AsyncGenerator<Buffer>) => Readable.from(chunks) as Bytes],
  ['lean bytes', (chunks: AsyncGenerator<Buffer>) => lean(chunks).bytes],
])('%s', (_, wrap) => {
  it('that fails leaves no row and a usable connection', async () => {
    async function* failing() {
      yield* numbers(1_100_000);
      throw new Error('gone');
    }
    const failure: unknown = await session
      .copyIn(copy, wrap(failing()), silent, never)
      .catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(SourceFailure);
    expect((failure as Error).cause).toMatchObject({ message: 'gone' });
    expect(await stored()).toMatchObject({ n: '0' });
  });

  it('that has failed before anybody took it does so, too', async () => {
    // eslint-disable-next-line require-yield, @typescript-eslint/require-await -- it fails at once
    async function* failing(): AsyncGenerator<Buffer> {
      throw new Error('never there');
    }
    await expect(session.copyIn(copy, wrap(failing()), silent, never)).rejects.toBeInstanceOf(SourceFailure);
    expect(await stored()).toMatchObject({ n: '0' });
  });

  it('without an end is not read on when hyperd refuses a record', async () => {
    async function* refused() {
      yield Buffer.from('1\nx\n');
      yield* numbers();
    }
    await expect(session.copyIn(copy, wrap(refused()), silent, never)).rejects.toMatchObject({
      code: '22P02',
    });
    expect(await stored()).toMatchObject({ n: '0' });
  });

  it('is not asked for when hyperd refuses the statement', async () => {
    const statement = session.copyIn('copy nothing from stdin', wrap(numbers()), silent, never);
    await expect(statement).rejects.toMatchObject({ code: '42P01' });
  });

  it('is interrupted in the middle', async () => {
    const stop = new AbortController();
    let sent = 0;
    const progress = (count: number) => {
      sent += count;
      if (sent > 3 * blockSize) stop.abort(new Error('SIGINT'));
    };
    async function* watched() {
      for await (const chunk of numbers()) {
        stop.signal.throwIfAborted();
        yield chunk;
      }
    }
    await expect(session.copyIn(copy, wrap(watched()), progress, stop.signal)).rejects.toThrow('SIGINT');
    expect(await stored()).toMatchObject({ n: '0' });
  });
});

it('bytes that are long in coming hear of it when hyperd has ended', async () => {
  const other = await startHyperd(await findHyperd({}), {});
  const lost = await openSession(other);
  await lost.query('create temporary table t (n bigint)');
  let fail: (reason: unknown) => void = silent;
  const coming = new Promise<never>((_, reject) => (fail = reject));
  async function* slow() {
    yield* numbers(10_000);
    void other.stop();
    yield await coming;
  }
  const bytes: Bytes = { [Symbol.asyncIterator]: slow, destroy: (reason) => fail(reason) };
  await expect(lost.copyIn(copy, bytes, silent, never)).rejects.toMatchObject({ code: 'EXT3003' });
  await lost.end();
});
