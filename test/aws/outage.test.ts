import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { patience, retrying, type Patience } from '../../src/aws/retry.ts';
import { ProxyFailed } from '../../src/aws/tunnel.ts';
import { reportingOutages } from '../../src/aws/waiting.ts';
import { fetchRange } from '../../src/sources/s3/fetch-range.ts';
import { limits } from '../../src/sources/s3/reader.ts';
import { createBudget } from '../../src/sources/s3/budget.ts';
import { openS3State } from '../../src/state/s3/index.ts';
import { pace } from '../../src/state/s3/pace.ts';
import { createServer, type AddressInfo } from 'node:net';

/** The real settings by a clock that only pauses move: each takes as long as it may. */
function clocked(): Patience & { time: number } {
  const clock = {
    ...patience,
    time: 0,
    now: () => clock.time,
    pause: (longest: number, signal: AbortSignal) => {
      signal.throwIfAborted();
      clock.time += longest;
      return Promise.resolve();
    },
  };
  return clock;
}

const refused = () => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
const { signal } = new AbortController();
const user = {
  bucket: 'lake',
  place: { file: 'p.yaml', pointer: '/sources/files' },
  access: {
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:9000',
    pathStyle: true,
    requesterPays: false,
    credentials: { kind: 'anonymous' },
  },
} as const;

describe('an outage', () => {
  it.each([60_000, 70_000])('of %i ms is survived', async (outage) => {
    const clock = clocked();
    const answer = () => (clock.time < outage ? Promise.reject(refused()) : Promise.resolve('rows'));
    expect(await retrying(answer, clock, signal)).toBe('rows');
  });

  it('of more than 75 s is an error', async () => {
    const clock = clocked();
    await expect(retrying(() => Promise.reject(refused()), clock, signal)).rejects.toThrow('failed 13 times');
    expect(clock.time).toBeGreaterThanOrEqual(75_000);
    expect(clock.time).toBeLessThan(90_000);
  });

  it('is reported in one line, however many requests wait, and once more after it has ended', async () => {
    const clock = clocked();
    const lines: string[] = [];
    const settings = reportingOutages(clock, user, (line) => lines.push(line));
    const outage = async (until: number) => {
      const answer = () => (clock.time < until ? Promise.reject(refused()) : Promise.resolve());
      await Promise.all(Array.from({ length: 8 }, () => retrying(answer, settings, signal)));
    };
    await outage(60_000);
    expect(lines).toEqual(['http://127.0.0.1:9000 does not work (ECONNREFUSED); trying for 75 s']);
    await outage(120_000);
    expect(lines).toHaveLength(2);
  });

  it('of a proxy is one of the proxy, not of the service', async () => {
    const clock = clocked();
    const lines: string[] = [];
    const settings = reportingOutages(clock, user, (line) => lines.push(line));
    const proxy = new URL('http://user:word@127.0.0.1:3128');
    const unreached = () => new ProxyFailed(proxy, 'cannot be reached: ECONNREFUSED', 'ECONNREFUSED');
    const answer = () => (clock.time < 10_000 ? Promise.reject(unreached()) : Promise.resolve());
    await retrying(answer, settings, signal);
    expect(lines).toEqual([
      'http://127.0.0.1:9000 does not work (the proxy 127.0.0.1:3128 cannot be reached: ECONNREFUSED); trying for 75 s',
    ]);
  });

  it('of a moment is not worth a line', async () => {
    const clock = clocked();
    const lines: string[] = [];
    const settings = reportingOutages(clock, user, (line) => lines.push(line));
    const answer = () => (clock.time < 3000 ? Promise.reject(refused()) : Promise.resolve());
    await retrying(answer, settings, signal);
    expect(lines).toEqual([]);
  });

  it('is counted since the last byte: an object whose connection breaks a hundred times is read', async () => {
    const clock = clocked();
    const size = 100;
    const into = Buffer.alloc(size);
    const body = (at: number) => ({
      read: (memory: Buffer, came: (bytes: number) => void) => {
        clock.time += 50_000;
        memory[0] = at;
        came(1);
        return Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
      },
      destroy: () => undefined,
    });
    const reader = {
      source: { ...user, type: 's3' } as never,
      patience: clock,
      limits,
      budget: createBudget({ requests: 1, bytes: size }),
      bucket: {
        list: () => Promise.reject(new Error('no listing')),
        listFolders: () => Promise.reject(new Error('no listing')),
        hasKeys: () => Promise.reject(new Error('no listing')),
        get: (_: unknown, range: { from: number; to: number } | undefined) => {
          const from = range?.from ?? 0;
          return Promise.resolve({ body: body(from), etag: 'x', modified: 0, size, length: size - from });
        },
      },
    };
    const version = { key: 'k', etag: 'x', size, modified: 0 };
    await fetchRange(reader, version, { range: { from: 0, to: size }, into, came: () => undefined }, signal);
    expect([...into]).toEqual(Array.from({ length: size }, (_, index) => index));
  });

  it('of the state is survived as long, and reported', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => free.once('listening', resolve));
    const { port } = free.address() as AddressInfo;
    free.close();
    const clock = clocked();
    const lines: string[] = [];
    const access = { ...user.access, endpoint: `http://127.0.0.1:${port}` };
    const state = openS3State(
      { type: 's3', ...user, access, prefix: 'x' },
      { pace: { ...pace, patience: clock }, onWait: (line) => lines.push(line) },
    );
    onTestFinished(() => state.close());
    await expect(state.read('shop')).rejects.toMatchObject({ code: 'EXT2210' });
    expect(clock.time).toBeGreaterThanOrEqual(75_000);
    expect(lines).toEqual([`http://127.0.0.1:${port} does not work (ECONNREFUSED); trying for 75 s`]);
    // A lease outlives it.
    expect(pace.lease - pace.margin - pace.heartbeat).toBeGreaterThan(75_000);
  });
});

it('what will not pass is not tried again', async () => {
  const call = vi.fn(() =>
    Promise.reject(Object.assign(new Error('no'), { $metadata: { httpStatusCode: 501 } })),
  );
  await expect(retrying(call, clocked(), signal)).rejects.toThrow('no');
  expect(call).toHaveBeenCalledTimes(1);
});
