import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ApplyEvent } from '../../src/apply/events.ts';
import { drawProgress, type Drawing } from '../../src/cli/output/draw-progress.ts';
import { LiveArea } from '../../src/cli/output/live-area.ts';
import { Interruption } from '../../src/model/errors/run-error.ts';
import type { Step } from '../../src/model/plan/step.ts';
import { TestScreen } from '../support/screen.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const basis = { after: [], because: [] };
const steps: readonly Step[] = [
  { ...basis, id: 'snapshot', kind: 'snapshot', tables: ['orders'] },
  { ...basis, id: 'load orders', kind: 'load', table: 'orders' },
  { ...basis, id: 'load people', kind: 'load', table: 'people' },
  { ...basis, id: 'deliver 1', kind: 'deliver', destination: 0, target: 'out/a.hyper' },
];
const [, orders, people] = steps as [Step, Step, Step, Step];

/** An apply of pipelines p1, p2, …, drawn on a terminal of this size. */
class Drawn {
  readonly screen: TestScreen;
  readonly area: LiveArea;
  readonly #drawing: Drawing;

  constructor(count: number, { columns, rows }: { columns: number; rows: number }, name = 'p') {
    this.screen = new TestScreen(columns, rows);
    this.screen.write('$ extracts apply\n');
    this.area = new LiveArea(this.screen);
    const pipelines = Array.from({ length: count }, (_, index) => ({
      address: `${name}${index + 1}`,
      steps,
    }));
    this.#drawing = drawProgress(pipelines, { terminal: this.area, color: true });
  }

  tell(address: string, ...events: object[]): void {
    for (const event of events) this.#drawing.listener({ address, ...event } as ApplyEvent);
  }

  /** The lines in sight some seconds later, without the sign that turns. */
  async after(seconds: number): Promise<string[]> {
    // listr2 begins to draw, and its tasks end, in turns of their own.
    await setImmediate();
    vi.advanceTimersByTime(seconds * 1000);
    return this.#shown();
  }

  async end(): Promise<string[]> {
    await this.#drawing.end();
    return this.#shown();
  }

  #shown(): string[] {
    return this.screen.visible().map((line) => line.replace(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/u, '*'));
  }
}

const began = { type: 'began' };
const started = (step: Step) => ({ type: 'started', step });
const progress = (step: Step, rows: number) => ({
  type: 'progress',
  step,
  progress: { bytes: rows * 10, seconds: 10, rows, totalRows: 100_000 },
});
const failed = (step: Step, message: string) => ({ type: 'failed', step, error: new Error(message) });
const done = (outcome: string) => ({ type: 'done', outcome, seconds: 1 });

test('one line counts every pipeline; below it are those that run and those that failed', async () => {
  const drawn = new Drawn(30, { columns: 80, rows: 24 });
  for (const name of ['p1', 'p2']) drawn.tell(name, began, done('applied'));
  drawn.tell('p3', began, started(orders), failed(orders, 'no room\nat all'), done('failed'));
  drawn.tell('p4', began, started(orders), progress(orders, 50_000));
  drawn.tell('p5', began, started(orders), progress(orders, 1000), started(people));
  drawn.tell('p6', began);
  drawn.tell('p7', began, { type: 'waiting', step: orders, text: 'waits for a token' });
  expect(await drawn.after(14)).toEqual([
    '$ extracts apply',
    '2 of 30 done · 4 running · 23 waiting · 1 failed   00:14',
    '* p4  0/4  orders › load  50 000 rows, 500 kB, 50.0 kB/s, 50 %, 10 s left',
    '* p5  0/4',
    '      orders › load  1 000 rows, 10.0 kB, 1.0 kB/s, 1 %, 990 s left',
    '      people › load  14 s',
    '* p6  0/4',
    '* p7  0/4  orders › load  waits for a token',
    '✖ p3  orders › load: no room⏎at all',
  ]);
  drawn.tell('p4', { type: 'ended', step: orders, seconds: 1 }, done('applied'));
  drawn.tell('p5', { type: 'ended', step: orders, seconds: 1 });
  expect(await drawn.after(3600)).toEqual([
    '$ extracts apply',
    '3 of 30 done · 3 running · 23 waiting · 1 failed   1:00:14',
    '* p5  1/4  people › load  3614 s',
    '* p6  0/4',
    '* p7  0/4  orders › load  waits for a token',
    '✖ p3  orders › load: no room⏎at all',
  ]);
});

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 45 },
  { columns: 20, rows: 6 },
];

test.each(sizes)(
  'at $columns x $rows nothing wraps, scrolls or is left behind',
  async ({ columns, rows }) => {
    const drawn = new Drawn(120, { columns, rows }, 'a_pipeline_with_a_long_name_of_東京[');
    const name = (number: number) => `a_pipeline_with_a_long_name_of_東京[${number}`;
    for (let number = 1; number <= 120; number++) {
      drawn.tell(name(number), began, started(orders), progress(orders, number), started(people));
      await drawn.after(0.1);
      if (number < 50) continue;
      const ended = number - 49;
      drawn.tell(
        name(ended),
        ...(ended % 3 !== 0
          ? [failed(orders, 'a message that is long '.repeat(20)), done('failed')]
          : [done('applied')]),
      );
    }
    const before = await drawn.after(1);
    expect(before).toHaveLength(rows - 1);
    expect(before[0]).toMatch(/^23 of 120 d/);
    expect(before.at(-1)).toMatch(/^… \d+ more runni/);
    for (let number = 72; number <= 120; number++) drawn.tell(name(number), done('applied'));
    const after = await drawn.end();
    expect(after[0]).toMatch(/^72 of 120 d/);
    expect(after.at(-1)).toMatch(/^… \d+ more failed$/);
    expect(after.some((line) => line.startsWith('*'))).toBe(false);
    expect(drawn.screen).toMatchObject({ wrapped: [], lostLines: 0 });
    // What was there before is above, once.
    expect(drawn.screen.all()[0]).toBe('$ extracts apply'.slice(0, columns));
    expect(drawn.screen.all().filter((line) => line.includes('of 120 d'))).toHaveLength(1);
  },
);

test('a frame is one write', async () => {
  const drawn = new Drawn(3, { columns: 80, rows: 24 });
  const before = drawn.screen.writes;
  drawn.tell('p1', began, started(orders));
  await drawn.after(0.8);
  expect(drawn.screen.writes - before).toBe(10);
});

test('other lines go above what is drawn, and below it when it has ended', async () => {
  const drawn = new Drawn(2, { columns: 80, rows: 24 });
  drawn.tell('p1', began);
  drawn.area.write('Waiting 3 s for tableau.example: busy\n');
  drawn.area.write('without an end');
  expect(await drawn.after(1.1)).toEqual([
    '$ extracts apply',
    'Waiting 3 s for tableau.example: busy',
    'without an end',
    '0 of 2 done · 1 running · 1 waiting · 0 failed   00:01',
    '* p1  0/4',
  ]);
  drawn.tell('p1', done('applied'));
  drawn.tell('p2', began, done('applied'));
  await drawn.end();
  drawn.area.write('\nThe report.\n');
  expect(await drawn.after(60)).toEqual([
    '$ extracts apply',
    'Waiting 3 s for tableau.example: busy',
    'without an end',
    '2 of 2 done · 0 running · 0 waiting · 0 failed   00:01',
    '',
    'The report.',
  ]);
});

test('what was interrupted is counted and is no failure', async () => {
  const drawn = new Drawn(3, { columns: 80, rows: 24 });
  const interrupted = [{ type: 'failed', error: new Interruption('SIGINT') }, done('interrupted')];
  drawn.tell('p1', began, started(orders), done('interrupted'));
  drawn.tell('p2', began, ...interrupted);
  drawn.tell('p3', began, done('rejected'));
  expect((await drawn.end()).at(-1)).toBe(
    '0 of 3 done · 0 running · 0 waiting · 1 failed · 2 interrupted   00:00',
  );
});

test('in a terminal that became narrower, lines that it has wrapped are drawn over', async () => {
  const drawn = new Drawn(2, { columns: 80, rows: 24 });
  drawn.tell('p1', began, started(orders), progress(orders, 50_000));
  await drawn.after(1);
  drawn.screen.resize(40);
  expect(drawn.screen.visible()).toHaveLength(5);
  expect(await drawn.after(1)).toEqual([
    '$ extracts apply',
    '0 of 2 done · 1 running · 1 waiting · …',
    '* p1  0/4  orders › load  50 000 rows,…',
  ]);
});
