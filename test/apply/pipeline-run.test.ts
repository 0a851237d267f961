import { expect, test } from 'vitest';
import type { ApplyEvent } from '../../src/apply/events.ts';
import { RunningPipeline, type PipelineRun } from '../../src/apply/pipeline-run.ts';
import { openPlaces } from '../../src/apply/places.ts';
import type { Step } from '../../src/model/plan/step.ts';

const reading = (kind: 'load' | 'change', table: string): Step => ({
  id: `${kind} ${table}`,
  after: [],
  because: [],
  kind,
  table,
});
const finish: Step = { id: 'finish', kind: 'finish', after: ['load a', 'load b'], because: [] };
const idle = new AbortController().signal;

function pipeline(
  address: string,
  steps: readonly Step[],
  perform: (step: Step) => Promise<void>,
): PipelineRun {
  return {
    address,
    after: [],
    steps,
    placeOf: ({ kind }) => (kind === 'load' || kind === 'change' ? 'read' : undefined),
    begin: () =>
      Promise.resolve({
        async perform(step) {
          await perform(step);
          return {};
        },
        end: () => Promise.resolve(),
      }),
    report: ({ failure, steps: ended, isInterrupted, isComplete, seconds }) => ({
      address,
      outcome: isInterrupted && !isComplete ? 'interrupted' : failure === undefined ? 'applied' : 'failed',
      tables: [],
      checks: [],
      destinations: [],
      seconds,
      steps: ended,
      ...(failure && { failure }),
    }),
  };
}

const placesFor = (parallel: number) => openPlaces({ parallel, builds: 9, uploads: 9, serverJobs: 9 });

/** Returns how many steps ran at once at the most, each being under way until all that may run have begun. */
async function highestConcurrency(
  parallel: number,
  pipelines: readonly (readonly Step[])[],
): Promise<number> {
  let now = 0;
  let highest = 0;
  const places = placesFor(parallel);
  const running = pipelines.map(
    (steps, index) =>
      new RunningPipeline(
        pipeline(`p${index}`, steps, async () => {
          highest = Math.max(highest, ++now);
          await new Promise(setImmediate);
          now--;
        }),
        { listener: () => undefined, interrupted: idle, places },
      ),
  );
  await Promise.all(running.map((one) => one.execute()));
  return highest;
}

test('tables that are read, whole or in part, are limited over all pipelines', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const loads = names.map((name) => reading('load', name));
  const changes = names.map((name) => reading('change', name));
  expect(await highestConcurrency(2, [loads])).toBe(2);
  expect(await highestConcurrency(2, [changes])).toBe(2);
  expect(await highestConcurrency(3, [loads, changes])).toBe(3);
  expect(await highestConcurrency(9, [changes])).toBe(5);
});

test('a step that fails stops the pipeline, and only the first failure is an event', async () => {
  const events: ApplyEvent[] = [];
  const loads = [reading('load', 'a'), reading('load', 'b')];
  const run = new RunningPipeline(
    pipeline('shop', [...loads, finish], (step) => Promise.reject(new Error(step.id))),
    { listener: (event) => events.push(event), interrupted: idle, places: placesFor(2) },
  );
  await run.execute();
  expect(events.map((event) => [event.type, 'step' in event ? event.step.id : undefined])).toEqual([
    ['began', undefined],
    ['started', 'load a'],
    ['started', 'load b'],
    ['failed', 'load a'],
    ['done', undefined],
  ]);
  expect(run.report()).toMatchObject({ outcome: 'failed', failure: { step: 'load a' }, steps: [] });
});

test('after an interruption no step begins, and what had ended is not undone', async () => {
  const interruption = new AbortController();
  const steps = [reading('load', 'a'), reading('load', 'b'), finish];
  const settings = {
    listener: () => undefined,
    interrupted: interruption.signal,
    places: placesFor(1),
  };
  const interrupted = new RunningPipeline(
    pipeline('shop', steps, () => {
      interruption.abort();
      return Promise.resolve();
    }),
    settings,
  );
  await interrupted.execute();
  expect(interrupted.report()).toMatchObject({ outcome: 'interrupted', steps: [{ id: 'load a' }] });
});
