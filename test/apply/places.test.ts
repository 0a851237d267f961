import fc from 'fast-check';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  isBuilding,
  openPlaces,
  pipelinesAtOnce,
  type ApplyLimits,
  type StepPlace,
} from '../../src/apply/places.ts';
import { RunningPipeline, type PipelineRun } from '../../src/apply/pipeline-run.ts';
import { schedule } from '../../src/apply/schedule.ts';
import { semaphore } from '../../src/model/base/limit.ts';
import type { Step, StepAct } from '../../src/model/plan/step.ts';

const step = (id: string, act: StepAct, ...after: string[]): Step => ({ id, after, because: [], ...act });

/** The steps of a pipeline as plans have them. */
function stepsOf(tables: number, destinations: readonly ('file' | 'tableau')[]): Step[] {
  const names = Array.from({ length: tables }, (_, index) => `t${index}`);
  const loads = names.map((table) => step(`load ${table}`, { kind: 'load', table }, 'snapshot', 'create'));
  const deliveries = destinations.map((target, destination) =>
    step(`deliver ${destination}`, { kind: 'deliver', destination, target }, 'finish'),
  );
  return [
    step('snapshot', { kind: 'snapshot', tables: names }),
    step('create', { kind: 'create' }),
    ...loads,
    step('finish', { kind: 'finish' }, ...loads.map(({ id }) => id)),
    ...deliveries,
    step('record', { kind: 'record' }, ...deliveries.map(({ id }) => id)),
  ];
}

const placeOf = (one: Step): StepPlace | undefined => {
  if (one.kind === 'load') return 'read';
  return one.kind === 'deliver' && one.target === 'file' ? 'upload' : undefined;
};

const isPublication = (one: Step) => one.kind === 'deliver' && one.target === 'tableau';

interface Wanted {
  after: readonly string[];
  steps: readonly Step[];
  failing: string | undefined;
}

/** A run of such pipelines, and how much of each resource was in use at once at the most. */
async function runOf(wanted: readonly Wanted[], limits: ApplyLimits, interrupted: AbortSignal) {
  const places = openPlaces(limits);
  const now: Record<string, number> = {};
  const most: Record<string, number> = {};
  const inUse = async (what: string, use: () => Promise<void>) => {
    now[what] = (now[what] ?? 0) + 1;
    most[what] = Math.max(most[what] ?? 0, now[what]);
    await use().finally(() => (now[what] = (now[what] ?? 0) - 1));
  };
  /** Takes places as a Tableau destination does. */
  const publish = async (signal: AbortSignal) => {
    const leaveJob = await places.serverJob(signal);
    const job = inUse('serverJob', async () => {
      const leave = await places.upload(signal);
      await inUse('upload', () => setImmediate()).finally(leave);
      await setImmediate();
    });
    await job.finally(leaveJob);
  };
  // Fewer than there are builds, as a server may have few connections.
  const snapshots = semaphore(2);
  const runs = wanted.map(({ after, steps, failing }, index): PipelineRun => {
    let endSnapshot: (() => void) | undefined;
    const perform = async (one: Step, signal: AbortSignal) => {
      if (one.kind === 'snapshot') endSnapshot = await snapshots();
      if (one.kind === 'finish') endSnapshot?.();
      if (one.kind === 'finish') endSnapshot = undefined;
      await inUse(placeOf(one) ?? one.kind, async () => {
        if (isPublication(one)) await publish(signal);
        await setImmediate();
        if (one.id === failing) throw new Error(`${one.id} fails`);
      });
    };
    let ended = 0;
    let endPipeline: (() => void) | undefined;
    return {
      address: `p${index}`,
      after,
      steps,
      placeOf,
      begin() {
        void inUse('pipeline', () => new Promise((resolve) => (endPipeline = resolve)));
        return Promise.resolve({
          perform: async (one, _, signal) => {
            await perform(one, signal);
            ended++;
            return {};
          },
          end() {
            endSnapshot?.();
            endPipeline?.();
            return Promise.resolve();
          },
        });
      },
      report: ({ failure, isInterrupted, isComplete, seconds, steps: done }) => ({
        address: `p${index}`,
        outcome: isInterrupted && !isComplete ? 'interrupted' : failure === undefined ? 'applied' : 'failed',
        tables: [],
        checks: [],
        destinations: [],
        seconds,
        steps: done.slice(0, ended),
        ...(failure && { failure }),
      }),
    };
  });
  const pipelines = runs.map(
    (run) => new RunningPipeline(run, { listener: () => undefined, interrupted, places }),
  );
  await schedule(pipelines, async (one) => {
    await one.execute();
    return true;
  });
  // Every place was given back: as many as there are can be taken at once.
  for (const [kind, count] of Object.entries({
    build: limits.builds,
    read: limits.parallel,
    upload: limits.uploads,
    serverJob: limits.serverJobs,
    pipeline: pipelinesAtOnce(limits),
  }))
    await Promise.all(Array.from({ length: count }, () => places[kind as keyof typeof places]()));
  return { reports: pipelines.map((one) => one.report()), most };
}

const few = fc.integer({ min: 1, max: 3 });
const anyLimits = fc.record({ parallel: few, builds: few, uploads: few, serverJobs: few });
const anyPipelines = fc
  .array(
    fc.record({
      tables: fc.integer({ min: 1, max: 4 }),
      destinations: fc.array(fc.constantFrom('file' as const, 'tableau' as const), { maxLength: 3 }),
      waitsFor: fc.array(fc.nat(), { maxLength: 2 }),
      fails: fc.option(fc.nat(), { nil: undefined, freq: 2 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((pipelines) =>
    pipelines.map(({ tables, destinations, waitsFor, fails }, index): Wanted => {
      const steps = stepsOf(tables, destinations);
      return {
        // Only for earlier ones: plans have no circles.
        after: index === 0 ? [] : waitsFor.map((other) => `p${other % index}`),
        steps,
        failing: fails === undefined ? undefined : steps[fails % steps.length]?.id,
      };
    }),
  );

test('whatever waits for whatever, every run ends and keeps its limits', async () => {
  await fc.assert(
    fc.asyncProperty(anyPipelines, anyLimits, fc.option(fc.nat(40)), async (wanted, limits, aborted) => {
      const interruption = new AbortController();
      const running = runOf(wanted, limits, interruption.signal);
      const aborting = (async () => {
        if (aborted === null) return;
        for (let turn = 0; turn < aborted; turn++) await setImmediate();
        interruption.abort(new Error('interrupted'));
      })();
      const { reports, most } = await Promise.race([
        running,
        delay(5000, undefined, { ref: false }).then(() => {
          throw new Error('pipelines wait for each other');
        }),
      ]);
      await aborting;
      expect(most.read ?? 0).toBeLessThanOrEqual(limits.parallel);
      expect(most.pipeline ?? 0).toBeLessThanOrEqual(pipelinesAtOnce(limits));
      expect(most.upload ?? 0).toBeLessThanOrEqual(limits.uploads);
      expect(most.serverJob ?? 0).toBeLessThanOrEqual(limits.serverJobs);
      expect(most.snapshot ?? 0).toBeLessThanOrEqual(Math.min(2, limits.builds));
      if (aborted !== null) return;
      const outcomes = wanted.map(({ failing }) => (failing === undefined ? 'applied' : 'failed'));
      expect(reports.map(({ outcome }) => outcome)).toEqual(outcomes);
    }),
    { numRuns: 200 },
  );
});

/** Performs each step by this; the limits are one of each. */
function pipelinesBy(perform: (address: string, one: Step) => Promise<void>, interrupted: AbortSignal) {
  const places = openPlaces({ parallel: 1, builds: 1, uploads: 1, serverJobs: 3 });
  return (address: string, steps: readonly Step[]) => {
    const run: PipelineRun = {
      address,
      after: [],
      steps,
      placeOf,
      begin: () =>
        Promise.resolve({
          perform: async (one) => {
            await perform(address, one);
            return {};
          },
          end: () => Promise.resolve(),
        }),
      report: ({ isInterrupted, seconds, steps: ended }) => ({
        address,
        outcome: isInterrupted ? 'interrupted' : 'applied',
        tables: [],
        checks: [],
        destinations: [],
        seconds,
        steps: ended,
      }),
    };
    return new RunningPipeline(run, { listener: () => undefined, interrupted, places });
  };
}

test('a pipeline that waits for the server holds nothing that another one needs to be built', async () => {
  const log: string[] = [];
  const jobs: (() => void)[] = [];
  const open = pipelinesBy((address, one) => {
    log.push(`${address} ${one.id}`);
    return one.kind === 'deliver' ? new Promise((resolve) => jobs.push(resolve)) : Promise.resolve();
  }, new AbortController().signal);
  const all = ['a', 'b', 'c'].map((address) => open(address, stepsOf(1, ['tableau'])).execute());
  await expect.poll(() => jobs.length).toBe(3);
  expect(log.filter((line) => line.includes('deliver'))).toEqual([
    'a deliver 0',
    'b deliver 0',
    'c deliver 0',
  ]);
  // With one place to build, one was built after the other.
  expect(log.indexOf('b snapshot')).toBeGreaterThan(log.indexOf('a finish'));
  for (const end of jobs) end();
  await Promise.all(all);
});

test('an interruption ends every wait for a place at once, whoever holds it', async () => {
  const interruption = new AbortController();
  let release: (() => void) | undefined;
  const open = pipelinesBy(
    (_, one) => (one.kind === 'create' ? new Promise((resolve) => (release = resolve)) : Promise.resolve()),
    interruption.signal,
  );
  const holder = open('holder', stepsOf(1, [])).execute();
  await expect.poll(() => release).toBeDefined();
  const waiting = Array.from({ length: 40 }, (_, index) => open(`w${index}`, stepsOf(1, [])));
  const ends = waiting.map((one) => one.execute());
  interruption.abort(new Error('interrupted'));
  await Promise.all(ends);
  expect(waiting.every((one) => one.report().outcome === 'interrupted')).toBe(true);
  release?.();
  await holder;
});

test('with one place of each kind, one pipeline runs after the other', async () => {
  const { most } = await runOf(
    ['a', 'b', 'c'].map(() => ({ after: [], steps: stepsOf(2, ['tableau', 'file']), failing: undefined })),
    { parallel: 1, builds: 1, uploads: 1, serverJobs: 1 },
    new AbortController().signal,
  );
  expect(most.pipeline).toBe(1);
});

test('what is built are the steps up to the finished file', () => {
  const kinds = stepsOf(1, ['file'])
    .filter(isBuilding)
    .map(({ kind }) => kind);
  expect(kinds).toEqual(['snapshot', 'create', 'load', 'finish']);
});
