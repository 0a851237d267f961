import { expect, test } from 'vitest';
import { RunError } from '../../src/model/errors/run-error.ts';
import type { Lock, LockHolder, StatePort } from '../../src/model/ports/state-port.ts';
import { waitForRuns } from '../../src/run/wait-for-runs.ts';

const run = (alive: LockHolder['alive']) =>
  ({ name: 'job 17', since: '2026-11-30T01:00:00Z', alive }) as LockHolder;

/** A state in which the lock of `held` is free after a moment, and that logs what is asked of it. */
function stateOf(holders: Readonly<Record<string, LockHolder>>, taken?: Error) {
  const log: string[] = [];
  const state: Pick<StatePort, 'holder' | 'lock'> = {
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

test('a lock that stays is left to the run of its pipeline, and any other error is not', async () => {
  const stays = stateOf({ held: run('yes') }, new RunError('EXT6004', 'held is being applied'));
  await expect(waitForRuns(['held'], stays.state)).resolves.toBeUndefined();
  const broken = stateOf({ held: run('yes') }, new RunError('EXT6001', 'the state cannot be written'));
  await expect(waitForRuns(['held'], broken.state)).rejects.toThrow('cannot be written');
});
