import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { OpenSnapshots } from '../../src/apply/open-snapshots.ts';
import { openPlaces } from '../../src/apply/places.ts';
import type { RunState } from '../../src/apply/run-state.ts';
import { performApplyStep } from '../../src/apply/steps/index.ts';
import { semaphore } from '../../src/model/base/limit.ts';

const never = new AbortController().signal;

test('pipelines that read from the same two servers do not wait for each other for ever', async () => {
  const places = openPlaces({ parallel: 4, builds: 4, uploads: 4, serverJobs: 4 });
  // Each server has room for one snapshot.
  const sources = Object.fromEntries(
    ['a', 'b'].map((name) => {
      const room = semaphore(1);
      const snapshot = async () => {
        const leave = await room();
        await setImmediate();
        return {
          end() {
            leave();
            return Promise.resolve();
          },
        };
      };
      return [name, { snapshot }];
    }),
  );
  const run = async (order: readonly string[]) => {
    const tables = order.map((source) => ({ name: source, source }));
    const state = {
      job: { pipeline: { tables }, sources },
      run: { places },
      snapshots: new OpenSnapshots(),
      reporters: new Map(),
    } as unknown as RunState;
    const step = { id: 'snapshot', kind: 'snapshot', tables: order, after: [], because: [] } as const;
    await performApplyStep(step, state, { report: () => undefined, signal: never });
    await state.snapshots.end();
  };
  let ended = 0;
  const all = [['a', 'b'], ['b', 'a'], ['a'], ['b', 'a'], ['a', 'b']].map(async (order) => {
    await run(order);
    ended++;
  });
  for (let turn = 0; turn < 200 && ended < all.length; turn++) await setImmediate();
  expect(ended).toBe(all.length);
});
