import { afterEach, expect, test, vi } from 'vitest';
import type { ApplyEvent } from '../../src/apply/events.ts';
import { eventLines } from '../../src/cli/output/event-lines.ts';
import { Interruption } from '../../src/model/errors/run-error.ts';
import type { Step } from '../../src/model/plan/step.ts';

afterEach(() => void vi.useRealTimers());

const basis = { after: [], because: [] };
const open: Step = { ...basis, id: 'snapshot', kind: 'snapshot', tables: ['orders'] };
const load: Step = { ...basis, id: 'load orders', kind: 'load', table: 'orders' };
const people: Step = { ...basis, id: 'load people', kind: 'load', table: 'people' };
const write: Step = { ...basis, id: 'deliver 1', kind: 'deliver', destination: 0, target: 'out/a.hyper' };

type Told = ApplyEvent extends infer One ? (One extends ApplyEvent ? Omit<One, 'address'> : never) : never;

const ended = (step: Step, seconds: number, more: object = {}): Told => ({
  type: 'ended',
  step,
  seconds,
  ...more,
});
const progress = (step: Step, seconds: number): Told => ({
  type: 'progress',
  step,
  progress: { bytes: 1_000_000, seconds },
});
const done = (outcome: 'applied' | 'failed' | 'interrupted' | 'forgotten', seconds: number): Told => ({
  type: 'done',
  outcome,
  seconds,
});

/** The lines of the events of one pipeline. */
function linesOf(events: readonly Told[], verbose = false): string[] {
  const lines: string[] = [];
  const listener = eventLines((text) => lines.push(text), { verbose });
  for (const event of [{ type: 'began' } as const, ...events]) listener({ address: 'shop', ...event });
  return lines.map((line) => line.replace(/\n$/, ''));
}

const quick = [
  ended(open, 0.1),
  ended(load, 9.9, { rows: 1200, bytes: 5000 }),
  ended(people, 0.2, { rows: 34, bytes: 100 }),
  ended(write, 0.3, { bytes: 65_536 }),
  done('applied', 10.5),
];

test('a pipeline is one line with what was read', () => {
  expect(linesOf(quick)).toEqual(['shop: applied in 10.5 s, 1 234 rows, 5.1 kB']);
  expect(linesOf([ended(write, 0.3, { bytes: 5 }), done('applied', 0.3)])).toEqual([
    'shop: applied in 0.3 s',
  ]);
  expect(linesOf([done('forgotten', 0)])).toEqual(['shop: no longer managed']);
});

test('with -v every step is a line', () => {
  expect(linesOf(quick, true)).toEqual([
    'shop › open sources 0.1 s',
    'shop › orders › load 1 200 rows 5.0 kB 9.9 s',
    'shop › people › load 34 rows 100 B 0.2 s',
    'shop › write out/a.hyper 65.5 kB 0.3 s',
    'shop: applied in 10.5 s, 1 234 rows, 5.1 kB',
  ]);
});

test('a step that takes long shows those before it and after it, once', () => {
  expect(
    linesOf([
      ended(open, 0.1),
      progress(load, 5),
      progress(load, 10.2),
      progress(load, 15),
      progress(load, 20.3),
      ended(load, 22, { rows: 1, bytes: 1_000_000 }),
      ended(write, 0.3),
      done('applied', 23),
    ]),
  ).toEqual([
    'shop › open sources 0.1 s',
    'shop › orders › load 1.0 MB, 98.0 kB/s',
    'shop › orders › load 1.0 MB, 49.3 kB/s',
    'shop › orders › load 1 row 1.0 MB 22.0 s',
    'shop › write out/a.hyper 0.3 s',
    'shop: applied in 23.0 s, 1 row, 1.0 MB',
  ]);
  expect(linesOf([ended(open, 0.1), ended(write, 10.1), done('applied', 11)])).toEqual([
    'shop › open sources 0.1 s',
    'shop › write out/a.hyper 10.1 s',
    'shop: applied in 11.0 s',
  ]);
});

test('a failure shows the steps before it and is the last line', () => {
  expect(
    linesOf([
      ended(open, 0.1),
      { type: 'failed', step: load, error: new Error('no room') },
      done('failed', 1),
    ]),
  ).toEqual(['shop › open sources 0.1 s', 'shop › orders › load failed: no room']);
  // The clean-up after the steps is none of them.
  expect(linesOf([ended(open, 0.1), done('failed', 1)])).toEqual(['shop: failed in 1.0 s']);
});

test('an interruption is no failure', () => {
  const error = new Interruption('SIGINT');
  expect(linesOf([ended(open, 0.1), { type: 'failed', error }, done('interrupted', 1)])).toEqual([
    'shop: interrupted in 1.0 s',
  ]);
});

test('what a step waits for is a line at once', () => {
  expect(linesOf([{ type: 'waiting', step: write, text: 'waiting for the server' }])).toEqual([
    'shop › write out/a.hyper waiting for the server',
  ]);
});

test('nothing new is said', () => {
  const skipped = { ...write, ifRowsDiffer: true as const };
  const events = [ended(load, 0.1, { rows: 3, bytes: 9 }), ended(skipped, 0, { isSkipped: true })];
  expect(linesOf([...events, done('applied', 1)])).toEqual([
    'shop: applied in 1.0 s, 3 rows, 9 B, nothing new',
  ]);
});

test('the lines of pipelines that run beside each other are their own', () => {
  const lines: string[] = [];
  const listener = eventLines((text) => lines.push(text), { verbose: false });
  const tell = (address: string, event: Told) => listener({ address, ...event });
  tell('a', ended(load, 1, { rows: 1, bytes: 1 }));
  tell('b', ended(load, 11, { rows: 2, bytes: 2 }));
  tell('a', done('applied', 1));
  tell('b', done('applied', 11));
  expect(lines).toEqual([
    'b › orders › load 2 rows 2 B 11.0 s\n',
    'a: applied in 1.0 s, 1 row, 1 B\n',
    'b: applied in 11.0 s, 2 rows, 2 B\n',
  ]);
});

test('a step that reports nothing is shown every ten seconds, and not after its end', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  const lines: string[] = [];
  const listener = eventLines((text) => lines.push(text.trimEnd()), { verbose: false });
  const report = (event: Told) => listener({ address: 'shop', ...event });
  report({ type: 'began' });
  report({ type: 'started', step: write });
  vi.advanceTimersByTime(15_000);
  const doing = 'waiting for the server’s job, 40 %';
  report({ type: 'progress', step: write, progress: { bytes: 5, seconds: 15, totalBytes: 5, doing } });
  vi.advanceTimersByTime(6000);
  report(ended(write, 21));
  vi.advanceTimersByTime(60_000);
  report(done('applied', 81));
  expect(lines).toEqual([
    'shop › write out/a.hyper 10 s',
    'shop › write out/a.hyper waiting for the server’s job, 40 %, 20 s',
    'shop › write out/a.hyper 21.0 s',
    'shop: applied in 81.0 s',
  ]);
});
