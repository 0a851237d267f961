import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openZone } from '../../../src/sources/delimited/values/zone.ts';

const HOUR = 3600;

/** The offset by another way than the program's: a whole date as Swedes write it. */
function referenceOf(name: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: name,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return (instant) => Date.parse(`${format.format(instant * 1000).replace(' ', 'T')}Z`) / 1000 - instant;
}

/** All instants with this wall clock: every offset of the days around it is tried. */
function instantsOf(offsetAt: (instant: number) => number, wall: number): number[] {
  const offsets = new Set<number>();
  for (let near = wall - 30 * HOUR; near <= wall + 30 * HOUR; near += HOUR / 2) offsets.add(offsetAt(near));
  return [...offsets]
    .map((offset) => wall - offset)
    .filter((instant) => instant + offsetAt(instant) === wall)
    .sort((one, other) => one - other);
}

const zones = Intl.supportedValuesOf('timeZone');
const second = fc.integer({
  min: Date.UTC(1900, 0, 1) / 1000,
  max: Date.UTC(2100, 0, 1) / 1000,
});

test('offsets and wall clocks of random zones', () => {
  const run = fc.property(
    fc.constantFrom(...zones),
    fc.array(second, { minLength: 4, maxLength: 4 }),
    (name, moments) => {
      const zone = openZone(name);
      const reference = referenceOf(name);
      for (const moment of moments) {
        expect(zone?.offsetAt(moment)).toBe(reference(moment));
        const found = zone?.instantsOf(moment).sort((one, other) => one - other);
        expect(found).toEqual(instantsOf(reference, moment));
      }
    },
  );
  fc.assert(run, { numRuns: 150 });
});

test('around the changes of the clock: nothing is missed and nothing is made up', () => {
  const run = fc.property(fc.constantFrom(...zones), fc.integer({ min: 1970, max: 2037 }), (name, year) => {
    const zone = openZone(name);
    const reference = referenceOf(name);
    const first = Date.UTC(year, 0, 1) / 1000;
    for (let at = first; at < first + 366 * 24 * HOUR; at += 24 * HOUR) {
      const [before, after] = [reference(at), reference(at + 24 * HOUR)];
      if (before === after) continue;
      // Every quarter of an hour of the day of the change.
      for (let wall = at + before - 2 * HOUR; wall < at + after + 26 * HOUR; wall += HOUR / 4) {
        const found = zone?.instantsOf(wall).sort((one, other) => one - other);
        expect(found).toEqual(instantsOf(reference, wall));
      }
    }
  });
  fc.assert(run, { numRuns: 12 });
});
