import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PostgresSource } from '../../../src/model/config/source.ts';
import { openBudget, type Use } from '../../../src/sources/postgres/connection/budget.ts';
import { needsOf, seatsOf } from '../../../src/sources/postgres/connection/seats.ts';

const place = { file: 'pipeline.yaml', pointer: '/sources/shop' };
const at = (parts: Partial<PostgresSource>): PostgresSource => ({ type: 'postgres', place, ...parts });

/** A caller as a pipeline is: it leads several sources at once, then reads from each, and gives everything back. */
interface Caller {
  sources: readonly PostgresSource[];
  /** The turns that each read lasts, all at once, and the backends that it would have. */
  reads: readonly { duration: number; backends: number }[];
  /** Turns until it begins, and that it holds everything before it reads. */
  before: number;
  held: number;
}

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await setImmediate();
};

/** Counts what is held in each room while all callers run, and returns the largest counts and the callers that ended. */
async function runAll(callers: readonly Caller[], most: number) {
  const budget = openBudget();
  const held = new Map<string, number>();
  const largest = new Map<string, number>();
  const take = async (use: Use, sources: readonly PostgresSource[], signal?: AbortSignal) => {
    const needs = needsOf(sources.map(seatsOf), most);
    const leave = await budget.take(use, needs, signal);
    for (const { room, count } of needs) {
      const now = (held.get(room) ?? 0) + count;
      held.set(room, now);
      largest.set(room, Math.max(largest.get(room) ?? 0, now));
    }
    return (one: PostgresSource) => {
      const rooms = needsOf([seatsOf(one)], most).map(({ room }) => room);
      for (const room of rooms) held.set(room, (held.get(room) ?? 0) - 1);
      leave(rooms);
    };
  };
  let ended = 0;
  const run = async ({ sources, reads, before, held }: Caller) => {
    await turns(before);
    const leave = await take('lead', sources);
    await turns(held);
    await Promise.all(
      sources.flatMap((source) =>
        reads.map(async ({ duration, backends }) => {
          const leaveRead = await take('read', [source]);
          // The others read as well if they get a place before it is over.
          const over = new AbortController();
          const others = Array.from({ length: backends - 1 }, async () => {
            const leaveOther = await take('read', [source], over.signal).catch(() => undefined);
            await turns(duration);
            leaveOther?.(source);
          });
          await turns(duration);
          over.abort();
          leaveRead(source);
          await Promise.all(others);
        }),
      ),
    );
    for (const source of sources) {
      leave(source);
      await turns(1);
    }
    ended++;
  };
  const all = callers.map(run);
  const longest = callers.reduce(
    (sum, { sources, reads, before, held }) =>
      sum +
      before +
      held +
      sources.length *
        (2 + reads.reduce((sum, { duration, backends }) => sum + backends * (duration + 1), 0)),
    20,
  );
  await Promise.race([Promise.all(all), turns(3 * longest)]);
  return { ended, largest, left: [...held.values()].filter((count) => count !== 0) };
}

const databases = ['a', 'b', 'c', 'd'];
const hosts = ['one', 'two'];
const source = fc
  .record({
    host: fc.constantFrom(...hosts, 'one,two'),
    database: fc.constantFrom(...databases),
    limit: fc.constantFrom(undefined, 2, 3),
  })
  .map(({ limit, ...parts }) => at({ ...parts, ...(limit !== undefined && { connections: limit }) }));
const callersOf = (most: number) =>
  fc.array(
    fc.record({
      // No more of a server than can ever be led at once.
      sources: fc.uniqueArray(source, {
        minLength: 1,
        maxLength: Math.max(1, most - 1),
        selector: (one) => JSON.stringify(one),
      }),
      reads: fc.array(fc.record({ duration: fc.nat(3), backends: fc.integer({ min: 1, max: 4 }) }), {
        maxLength: 3,
      }),
      before: fc.nat(3),
      held: fc.nat(3),
    }),
    { minLength: 1, maxLength: 8 },
  );

describe('a caller that leads several sources and reads from them ends, and no room is ever too full', () => {
  test.each([1, 2, 3, 4, 7])('with room for %i', async (most) => {
    await fc.assert(
      fc.asyncProperty(callersOf(most), async (callers) => {
        const { ended, largest, left } = await runAll(callers, most);
        expect({ ended, left }).toEqual({ ended: callers.length, left: [] });
        for (const [room, count] of largest) {
          const allowed = /"connections":(\d)/.exec(room)?.[1] ?? Math.max(2, most);
          expect(count, room).toBeLessThanOrEqual(Number(allowed));
        }
      }),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 150), seed: 20261130 },
    );
  });
});

test('a caller that waits for a room of its own holds up no other, and one that needs much is not passed over', async () => {
  const budget = openBudget();
  const log: string[] = [];
  const take = async (name: string, rooms: Record<string, [count: number, most: number]>) => {
    const needs = Object.entries(rooms).map(([room, [count, most]]) => ({ room, count, most }));
    const leave = await budget.take('lead', needs);
    log.push(name);
    return () => leave(needs.flatMap(({ room, count }) => new Array<string>(count).fill(room)));
  };
  const leaveFirst = await take('first', { server: [1, 4], own: [1, 2] });
  const second = take('second', { server: [1, 4], own: [1, 2] });
  const leaveOther = await take('other', { server: [1, 4] });
  const all = take('all', { server: [3, 4] });
  const later = take('later', { server: [1, 4] });
  await turns(2);
  expect(log).toEqual(['first', 'other']);
  leaveFirst();
  leaveOther();
  (await second)();
  (await all)();
  (await later)();
  expect(log).toEqual(['first', 'other', 'second', 'all', 'later']);
});

test('one who gives up leaves its turn to those behind it', async () => {
  const budget = openBudget();
  const need = (count: number) => [{ room: 'server', count, most: 4 }];
  const leave = await budget.take('lead', need(1));
  const stop = new AbortController();
  const much = budget.take('lead', need(3), stop.signal);
  const behind = budget.take('lead', need(1));
  stop.abort(new Error('stopped'));
  await expect(much).rejects.toThrow('stopped');
  (await behind)(['server']);
  leave(['server']);
});

test.each([
  ['postgresql://db.example.com/a', 'postgresql://u@DB.Example.com.:5432/b', true],
  ['postgresql://localhost/a', 'postgresql://127.0.0.1:5432/a', true],
  ['postgresql://[::1]/a', 'postgresql://127.0.0.1:5432/a', true],
  ['postgresql://db/a', 'postgresql://db:6432/a', false],
  ['postgresql://%2Frun%2Fpg/a', 'postgresql://%2Frun%2Fpg%2F:5432/b', true],
  ['postgresql://%2Frun%2Fpg/a', 'postgresql://localhost/a', false],
])('%s and %s are one server: %s', (one, other, isSame) => {
  const [first, second] = [one, other].map((url) => seatsOf(at({ url })).rooms);
  expect(JSON.stringify(first) === JSON.stringify(second)).toBe(isSame);
});

test('a source with several hosts counts at each, and its readers at the one that it has reached', () => {
  const seats = seatsOf(at({ url: 'postgresql://db1:1,DB2:2/a' }));
  expect(seats.rooms).toEqual(['db1:1', 'db2:2']);
  expect(seats.at('DB2:2').rooms).toEqual(['db2:2']);
});
