import { expect, test } from 'vitest';
import type { Job } from '../../src/apply/job.ts';
import { takeLock } from '../../src/apply/lock.ts';
import type { StatePort } from '../../src/model/ports/state-port.ts';

/** A state that keeps only who holds which lock. */
function lockingState(read: StatePort['read']) {
  const held = new Set<string>();
  const state: Pick<StatePort, 'lock' | 'read'> = {
    read,
    lock(address) {
      held.add(address);
      return Promise.resolve({
        lost: new AbortController().signal,
        confirm: () => Promise.resolve(),
        write: () => Promise.resolve('2'),
        remove: () => Promise.resolve(),
        release: () => Promise.resolve(void held.delete(address)),
      });
    },
  };
  const job = {
    state,
    pipeline: { address: 'new' },
    seen: { address: 'old', version: '1' },
  } as unknown as Job;
  return { held, job };
}

test('a pipeline with a new name is locked under both, and released under both', async () => {
  const { held, job } = lockingState(() => Promise.resolve({ record: {} as never, version: '1' }));
  const lock = await takeLock(job);
  expect([...held]).toEqual(['new', 'old']);
  await lock.release();
  expect([...held]).toEqual([]);
});

test('no lock is left when another run has applied, or the state cannot be read', async () => {
  const stale = lockingState(() => Promise.resolve({ record: {} as never, version: '2' }));
  await expect(takeLock(stale.job)).rejects.toMatchObject({ code: 'EXT6005' });
  expect([...stale.held]).toEqual([]);
  const unreadable = lockingState(() => Promise.reject(new Error('gone')));
  await expect(takeLock(unreadable.job)).rejects.toThrow('gone');
  expect([...unreadable.held]).toEqual([]);
});
