import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hourlyRate, leastSeconds, takeToken } from '../../src/model/base/rate.ts';

const hour = 3_600_000;

/** The most that begin in any hour, from one of them on and without its end. */
function mostInAnHour(times: readonly number[]): number {
  const sorted = [...times].sort((one, other) => one - other);
  return Math.max(
    0,
    ...sorted.map((from, index) => sorted.slice(index).filter((one) => one < from + hour).length),
  );
}

/** Callers that ask at these times, in order, and again whenever they are told to. Returns the times of those that had a turn. */
function simulate(perHour: number, gaps: readonly number[], patience: number): number[] {
  const rate = hourlyRate(perHour);
  let fullAt: number | undefined;
  let now = 1_000_000;
  const taken: number[] = [];
  for (const gap of gaps) {
    now += gap;
    for (let tries = 0; tries <= patience; tries++) {
      const turn = takeToken(rate, fullAt, now);
      fullAt = turn.fullAt;
      if (turn.wait === 0) {
        taken.push(now);
        break;
      }
      now += turn.wait;
    }
  }
  return taken;
}

const perHours = fc.oneof(fc.integer({ min: 1, max: 130 }), fc.constantFrom(600, 1000, 59.5));

test('in no hour more have a turn than the limit says', () => {
  const gaps = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 200_000 })), {
    minLength: 1,
    maxLength: 400,
  });
  fc.assert(
    fc.property(perHours, gaps, fc.constantFrom(0, 1), (perHour, drawn, patience) => {
      expect(mostInAnHour(simulate(perHour, drawn, patience))).toBeLessThanOrEqual(perHour);
    }),
  );
});

test('who waits as long as the answer says has a turn then', () => {
  fc.assert(
    fc.property(perHours, fc.integer({ min: 1, max: 200 }), (perHour, count) => {
      const times = simulate(
        perHour,
        Array.from({ length: count }, () => 0),
        1,
      );
      expect(times).toHaveLength(count);
      const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
      expect(seconds).toBeCloseTo(leastSeconds(hourlyRate(perHour), count), 6);
    }),
  );
});

test('1,000 at 600 an hour take about an hour and 40 minutes', () => {
  expect(leastSeconds(hourlyRate(600), 1000) / 60).toBeCloseTo(100.7, 1);
});

test('a clock that goes back delays nobody by more than a bucket, and grants nothing more', () => {
  const rate = hourlyRate(600);
  const { fullAt } = takeToken(rate, undefined, 10 * hour);
  const back = takeToken(rate, fullAt, hour);
  expect(back).toEqual({ wait: rate.interval, fullAt: hour + rate.burst * rate.interval });
  expect(takeToken(rate, back.fullAt, hour + rate.interval).wait).toBe(0);
});
