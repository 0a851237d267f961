import { expect, test } from 'vitest';
import { OpenSnapshots } from '../../src/apply/open-snapshots.ts';
import type { RunState } from '../../src/apply/run-state.ts';
import { performApplyStep } from '../../src/apply/steps/index.ts';
import type { SnapshotPlace } from '../../src/model/ports/source-port.ts';
import type { Snapshot, SourcePort } from '../../src/model/ports/source-port.ts';

const never = new AbortController().signal;

/** Opens the sources of a pipeline; those named in `broken` cannot be opened. Returns what happened. */
async function openAll(names: readonly string[], broken: readonly string[] = []) {
  const log: string[] = [];
  const sources = Object.fromEntries(
    names.map((name) => {
      const snapshot: SourcePort['snapshot'] = (_tables, _signal, _report, place) => {
        log.push(`open ${name}`);
        if (broken.includes(name)) {
          place?.leave();
          return Promise.reject(new Error(`${name} is broken`));
        }
        const end = () => {
          place?.leave();
          return Promise.resolve();
        };
        return Promise.resolve({ end } as Snapshot);
      };
      return [name, { snapshot }];
    }),
  ) as unknown as Record<string, SourcePort>;
  const nameOf = (port: SourcePort) => names.find((name) => sources[name] === port) ?? '';
  const snapshotPlaces = {
    take(ports: readonly SourcePort[]) {
      log.push(`take ${ports.map(nameOf).join(' ')}`);
      // Files need no place.
      const needed = ports.filter((port) => nameOf(port) !== 'files');
      const leave = (port: SourcePort) => ({ leave: () => void log.push(`leave ${nameOf(port)}`) });
      return Promise.resolve(new Map<SourcePort, SnapshotPlace>(needed.map((port) => [port, leave(port)])));
    },
  };
  const state = {
    job: {
      pipeline: { tables: names.map((source) => ({ name: source, source })) },
      sources,
      snapshotPlaces,
      extracts: { prepare: () => void log.push('prepare the engine') },
    },
    snapshots: new OpenSnapshots(),
    reporters: new Map(),
  } as unknown as RunState;
  const step = { id: 'snapshot', kind: 'snapshot', tables: names, after: [], because: [] } as const;
  const opened = await Promise.allSettled([
    performApplyStep(step, state, { report: () => undefined, signal: never }),
  ]);
  await state.snapshots.end();
  return { log, opened: opened.map(({ status }) => status) };
}

test('the places of all sources are taken at once, before the first is opened, and given back with the snapshots', async () => {
  const { log } = await openAll(['a', 'files', 'b']);
  expect(log).toEqual([
    'take a files b',
    'prepare the engine',
    'open a',
    'open files',
    'open b',
    'leave a',
    'leave b',
  ]);
});

test('where one cannot be opened, the places of those behind it are given back', async () => {
  const { log, opened } = await openAll(['a', 'b', 'c'], ['b']);
  expect(opened).toEqual(['rejected']);
  expect(log).toEqual([
    'take a b c',
    'prepare the engine',
    'open a',
    'open b',
    'leave b',
    'leave c',
    'leave a',
  ]);
});
