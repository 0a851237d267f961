import fc from 'fast-check';
import { kinds, type Act } from './kinds.ts';

/** Something that happens to some rows of a table. */
export interface Change {
  table: string;
  act: Act;
  rows: number;
  /** Minutes behind the clock; `null` has no cursor. */
  age: number | null;
  /** Decides which rows, and what is written. */
  salt: number;
}

/** A disturbance while the program runs. */
export type Disturbance =
  | { kind: 'none' }
  | { kind: 'kill'; what: 'extracts' | 'hyperd' | 'sessions' | 'postgres'; moment: Moment }
  | { kind: 'write'; changes: readonly Change[]; moment: Moment };

/** The moment when it has printed this many lines, or when this share of the time of the last run is over. */
export type Moment = { lines: number } | { share: number };

/** The writes between two applies, and the course of the second apply. */
export interface Batch {
  changes: readonly Change[];
  /** A separate transaction that ends this many batches later. */
  late?: { changes: readonly Change[]; batches: number; commits: boolean } | undefined;
  during: Disturbance;
}

const changes: fc.Arbitrary<Change> = fc.oneof(
  ...kinds.map(({ name, acts, oldest }) =>
    fc.record({
      table: fc.constant(name),
      act: fc.constantFrom(...acts),
      rows: fc.integer({ min: 1, max: 5 }),
      age: fc.option(fc.integer({ min: 0, max: oldest }), { freq: 8 }),
      salt: fc.nat({ max: 2 ** 20 }),
    }),
  ),
);

const some = (least: number, most: number) => fc.array(changes, { minLength: least, maxLength: most });

const moments: fc.Arbitrary<Moment> = fc.oneof(
  fc.record({ lines: fc.integer({ min: 1, max: 24 }) }),
  fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }) }),
);

const disturbances: fc.Arbitrary<Disturbance> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ kind: 'none' } as const) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('kill' as const),
      what: fc.constantFrom('extracts', 'extracts', 'hyperd', 'sessions', 'postgres'),
      moment: moments,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('write' as const), changes: some(1, 8), moment: moments }),
  },
);

const batches: fc.Arbitrary<Batch> = fc.record({
  changes: some(4, 14),
  late: fc.option(
    fc.record({
      changes: some(2, 8),
      batches: fc.integer({ min: 1, max: 2 }),
      commits: fc.oneof(
        { weight: 4, arbitrary: fc.constant(true) },
        { weight: 1, arbitrary: fc.constant(false) },
      ),
    }),
    { nil: undefined, freq: 3 },
  ),
  during: disturbances,
});

/** Generates the batches from the first apply on. */
export const scripts = (length: number): fc.Arbitrary<Batch[]> =>
  fc.array(batches, { minLength: length, maxLength: length });
