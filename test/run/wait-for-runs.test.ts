import { expect, test } from 'vitest';
import { RunError } from '../../src/model/errors/run-error.ts';
import type { Lock, LockHolder, StatePort } from '../../src/model/ports/state-port.ts';
import { waitForRuns } from '../../src/run/wait-for-runs.ts';

const run = (alive: LockHolder['alive']) =>
  ({ name: 'job 17', since: '2026-11-30T01:00:00Z', alive }) as LockHolder;

/** A state in which the lock of `held` is free after a moment, and that logs what is asked of it. */
function stateOf(holders: Readonly<Record<string, LockHolder>>, taken?: Error) {
  const log: string[] = [];
  const state: Pick<StatePort, 'holder' | 'lock' | 'listLocks'> = {
    listLocks: () => Promise.resolve(Object.keys(holders)),
    holder: (address) => Promise.resolve(holders[address]),
    async lock(address) {
      await new Promise(setImmediate);
      if (taken !== undefined) throw taken;
      log.push(`lock ${address}`);
      const release = () => Promise.resolve(void log.push(`release ${address}`));
      return { release } as Lock;
    },
  };
  return { state, log };
}

test('a pipeline that another run applies is waited for, and no other one is locked', async () => {
  const { state, log } = stateOf({ held: run('yes'), killed: run('no') });
  await waitForRuns(['free', 'held', 'killed'], state);
  expect(log).toEqual(['lock held', 'release held']);
});

test.each([
  new RunError('EXT6004', 'held is being applied'),
  new RunError('EXT6002', 'cannot read the lock'),
  new RunError('EXT6001', 'the state cannot be written'),
])('a lock that is not to be had fails its own pipeline, not the run: %s', async (error) => {
  const { state } = stateOf({ held: run('yes') }, error);
  await expect(waitForRuns(['held'], state)).resolves.toBeUndefined();
  const unreadable = { ...state, holder: () => Promise.reject(error) };
  await expect(waitForRuns(['held', 'other'], unreadable)).resolves.toBeUndefined();
  const unlisted = { ...unreadable, listLocks: () => Promise.reject(error) };
  await expect(waitForRuns(['held'], unlisted)).resolves.toBeUndefined();
});

test('an interruption and a bug end the run', async () => {
  const { state } = stateOf({ held: run('yes') }, new TypeError('a bug'));
  await expect(waitForRuns(['held'], state)).rejects.toThrow('a bug');
});
