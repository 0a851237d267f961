import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../../../src/destinations/tableau/client/http/clock.ts';
import { openTurns, type Enter } from '../../../src/destinations/tableau/publish/turns.ts';
import { semaphore } from '../../../src/model/base/limit.ts';
import { hourlyRate, takeToken } from '../../../src/model/base/rate.ts';
import { destinationOn } from './support.ts';

const { connection } = destinationOn('https://tableau.example.com');
const hour = 3_600_000;

interface SimulatedClock extends Clock {
  /** Lets the time pass until no one sleeps any longer, or until a time. */
  run(until?: number): Promise<void>;
}

/** A clock whose time passes only when everybody sleeps. */
function simulatedClock(): SimulatedClock {
  let now = 0;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { until: now + milliseconds, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason as Error);
        });
      }),
    async run(until = Infinity) {
      for (;;) {
        await settled();
        const next = [...sleepers].reduce((least, one) => (one.until < least.until ? one : least), {
          until: Infinity,
          wake: () => undefined,
        });
        if (next.until > until || next.until === Infinity) return;
        now = Math.max(now, next.until);
        sleepers.delete(next);
        next.wake();
      }
    },
  };
}

/** Processes that share a rate as they do through a state. */
function sharedRate(perHour: number, clock: Clock) {
  const kept = new Map<string, number>();
  return {
    perHour,
    take: (name: string) => {
      const turn = takeToken(hourlyRate(perHour), kept.get(name), clock.now());
      kept.set(name, turn.fullAt);
      return Promise.resolve(turn.wait);
    },
  };
}

const never = new AbortController().signal;
setMaxListeners(0, never);

function places() {
  const held = { upload: 0, serverJob: 0 };
  const counting = (kind: keyof typeof held) => {
    const place = semaphore(4);
    return async (signal?: AbortSignal) => {
      const leave = await place(signal);
      held[kind]++;
      return () => {
        held[kind]--;
        leave();
      };
    };
  };
  return { held, places: { upload: counting('upload'), serverJob: counting('serverJob') } };
}

async function publish(enter: Enter, signal = never): Promise<void> {
  const { leaveUpload, leaveServerJob } = await enter(signal);
  leaveUpload();
  leaveServerJob();
}

test('in no hour more begin than the limit says, over processes that come and go as they like', async () => {
  const arrivals = fc.array(fc.record({ at: fc.integer({ min: 0, max: 2 * hour }), process: fc.nat(3) }), {
    minLength: 1,
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(arrivals, fc.constantFrom(1, 7, 30, 120), async (drawn, perHour) => {
      const clock = simulatedClock();
      const rate = sharedRate(perHour, clock);
      const processes = [0, 1, 2, 3].map(() => openTurns(rate, clock));
      const begun: number[] = [];
      const all = drawn.map(async ({ at, process }) => {
        await clock.sleep(at);
        const enter = processes[process]!.enterFor(connection, {
          places: places().places,
          waiting: () => undefined,
        });
        await publish(enter);
        begun.push(clock.now());
      });
      await clock.run();
      await Promise.all(all);
      expect(begun).toHaveLength(drawn.length);
      for (const from of begun)
        expect(begun.filter((one) => one >= from && one < from + hour).length).toBeLessThanOrEqual(perHour);
    }),
    { numRuns: 60 },
  );
});

test('nothing is held by waiting, and each that waits says once for how long, in its order', async () => {
  const clock = simulatedClock();
  const turns = openTurns(sharedRate(60, clock), clock);
  const { held, places: shared } = places();
  const said: string[] = [];
  const all = ['a', 'b', 'c'].map((name) =>
    publish(
      turns.enterFor(connection, { places: shared, waiting: (text) => void said.push(`${name} ${text}`) }),
    ),
  );
  await clock.run(1000);
  expect(held).toEqual({ upload: 0, serverJob: 0 });
  expect(said).toEqual([
    'b waits 2 min for its turn on this site: publish_per_hour 60',
    'c waits 3 min for its turn on this site: publish_per_hour 60',
  ]);
  await clock.run();
  await Promise.all(all);
  expect(said).toHaveLength(2);
  expect(clock.now()).toBe(2 * hourlyRate(60).interval);
});

test('sites have rates of their own, and without a rate no one waits', async () => {
  const clock = simulatedClock();
  const delivery = { places: places().places, waiting: (text: string) => expect.unreachable(text) };
  const turns = openTurns(sharedRate(1, clock), clock);
  await publish(turns.enterFor(connection, delivery));
  await publish(turns.enterFor({ ...connection, site: 'other' }, delivery));
  const free = openTurns(undefined, clock);
  for (let time = 0; time < 3; time++) await publish(free.enterFor(connection, delivery));
});

test.each(['the run ends', 'it drains'])('if %s, all that wait give up at once', async (how) => {
  const clock = simulatedClock();
  const turns = openTurns(sharedRate(1, clock), clock);
  const [ends, drains] = [new AbortController(), new AbortController()];
  const reason = new Error('SIGTERM');
  const { held, places: shared } = places();
  const delivery = { places: shared, waiting: () => undefined, draining: drains.signal };
  await publish(turns.enterFor(connection, delivery), ends.signal);
  const waiting = [1, 2, 3].map(() => publish(turns.enterFor(connection, delivery), ends.signal));
  // A part of this one has been sent.
  const underWay = turns.enterFor(connection, delivery)(ends.signal, true);
  const settled = Promise.allSettled([...waiting, underWay]);
  await clock.run(1000);
  (how === 'it drains' ? drains : ends).abort(reason);
  await expect(Promise.allSettled(waiting)).resolves.toEqual(
    waiting.map(() => ({ status: 'rejected', reason })),
  );
  expect(clock.now()).toBe(0);
  expect(held).toEqual({ upload: 0, serverJob: 0 });
  await clock.run();
  const [last] = (await settled).slice(-1);
  expect(last?.status).toBe(how === 'it drains' ? 'fulfilled' : 'rejected');
});

test('a token whose answer came late is not used', async () => {
  const clock = simulatedClock();
  const rate = sharedRate(60, clock);
  let asked = 0;
  const slow = {
    ...rate,
    take: async (name: string) => {
      const wait = await rate.take(name);
      if (asked++ === 0) await clock.sleep(20_000);
      return wait;
    },
  };
  const done = publish(
    openTurns(slow, clock).enterFor(connection, { places: places().places, waiting: () => undefined }),
  );
  await clock.run();
  await done;
  expect(clock.now()).toBe(hourlyRate(60).interval);
});
