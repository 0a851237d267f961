import { expect, test } from 'vitest';
import type { PipelineRun } from '../../src/apply/conduct.ts';
import { runTasks } from '../../src/apply/tasks.ts';
import type { Step } from '../../src/model/plan/step.ts';

const reading = (kind: 'load' | 'change', table: string): Step => ({
  id: `${kind} ${table}`,
  after: [],
  because: [],
  kind,
  table,
});

/** How many steps ran at once at the most, each being under way until all that may run have begun. */
async function mostAtOnce(parallel: number, pipelines: readonly (readonly Step[])[]): Promise<number> {
  let now = 0;
  let most = 0;
  const conducts = pipelines.map((steps, index): PipelineRun => ({
    address: `p${index}`,
    after: [],
    steps,
    failed: false,
    begin: () => Promise.resolve(),
    async perform() {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
    },
    end: () => Promise.resolve(),
    report: () => ({
      address: `p${index}`,
      outcome: 'applied',
      tables: [],
      checks: [],
      destinations: [],
      seconds: 0,
      steps: [],
    }),
  }));
  await runTasks(conducts, { parallel, terminal: undefined, words: { title: () => '' } });
  return most;
}

test('tables that are read, whole or in part, are limited over all pipelines', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const loads = names.map((name) => reading('load', name));
  const changes = names.map((name) => reading('change', name));
  expect(await mostAtOnce(2, [loads])).toBe(2);
  expect(await mostAtOnce(2, [changes])).toBe(2);
  expect(await mostAtOnce(3, [loads, changes])).toBe(3);
  expect(await mostAtOnce(9, [changes])).toBe(5);
});

test.each([1, 2])(
  'a pipeline begins when those that it waits for have ended, %i at once',
  async (parallel) => {
    const events: string[] = [];
    const conduct = (address: string, ...after: string[]): PipelineRun => ({
      address,
      after,
      steps: [reading('load', address)],
      failed: false,
      begin: () => Promise.resolve(void events.push(`begin ${address}`)),
      perform: () => new Promise(setImmediate),
      end: () => Promise.resolve(void events.push(`end ${address}`)),
      report: () => {
        throw new Error('not asked for');
      },
    });
    const conducts = [conduct('changes', 'orders', 'elsewhere'), conduct('orders')];
    await runTasks(conducts, { parallel, terminal: undefined, words: { title: () => '' } });
    expect(events).toEqual(['begin orders', 'end orders', 'begin changes', 'end changes']);
  },
);
