import { describe, expect, test } from 'vitest';
import type { Job } from '../../src/apply/job.ts';
import { applyRun } from '../../src/apply/apply-run.ts';
import { takeLock } from '../../src/apply/lock.ts';
import { removalRun } from '../../src/apply/removal.ts';
import type { Removal } from '../../src/apply/removal-state.ts';
import type { StatePort } from '../../src/model/ports/state-port.ts';

/** A state that keeps only who holds which lock. */
function lockingState(read: StatePort['read'], seal?: string) {
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
    seal,
  } as unknown as Job;
  return { held, job };
}

test('a pipeline with a new name is locked under both, and released under both', async () => {
  const { held, job } = lockingState(() => Promise.resolve({ record: {} as never, version: '1' }));
  const lock = await takeLock(job);
  expect([...held]).toEqual(['new', 'old']);
  if ('record' in lock) throw new Error('it was done elsewhere');
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

describe('a record that was written while this process waited for the lock', () => {
  const found = (record: object, seal?: string) =>
    lockingState(() => Promise.resolve({ record: record as never, version: '2' }), seal);

  test('leaves nothing to do if another process of the same shard has done it', async () => {
    const { held, job } = found({ plan: 'seal' }, 'seal');
    expect(await takeLock(job)).toEqual({ record: { plan: 'seal' } });
    expect([...held]).toEqual([]);
  });

  test('asks for another start if that process has only begun', async () => {
    const { held, job } = found({ plan: 'seal', pending: {} }, 'seal');
    await expect(takeLock(job)).rejects.toMatchObject({ code: 'EXT6005', class: 'busy' });
    expect([...held]).toEqual([]);
  });

  test.each([
    ['has published', { Orders: { id: 'd1', revision: 2 } }, true],
    ['found no row that differs', { Orders: { id: 'd1', revision: 1 } }, false],
  ])('says whether that process %s', async (_, destinations, hasDelivered) => {
    const { job } = found({ plan: 'seal', destinations }, 'seal');
    const seen = { ...job.seen, record: { destinations: { Orders: { id: 'd1', revision: 1 } } } };
    const run = applyRun(
      { ...job, seen, plan: { address: 'new', steps: [] } } as unknown as Job,
      {} as never,
    );
    expect(run.hasDelivered('Orders')).toBe(false);
    expect(await run.begin()).toMatchObject({ record: { destinations } });
    expect(run.hasDelivered('Orders')).toBe(hasDelivered);
  });

  test.each([
    ['of another plan', { plan: 'other' }, 'seal'],
    ['of no plan', {}, 'seal'],
    ['where no shard is applied', { plan: 'seal' }, undefined],
  ])('makes the plan stale %s', async (_, record, seal) => {
    await expect(takeLock(found(record, seal).job)).rejects.toMatchObject({ class: 'stale' });
  });
});

describe('a removal of which the record has changed meanwhile', () => {
  const begin = (removal: Partial<Removal>, now: object | undefined) => {
    const { job, held } = lockingState(() =>
      Promise.resolve(now === undefined ? undefined : { record: now as never, version: '2' }),
    );
    const run = removalRun({ address: 'gone', version: '1', state: job.state, ...removal });
    return { begun: run.begin(), held };
  };

  test.each([
    ['another process of the same shard has removed it', { seal: 'seal' }, undefined],
    [
      'another process has noted that its folder is missing',
      { isMissing: true as const },
      { missing: 'since' },
    ],
  ])('is done if %s', async (_, removal, now) => {
    const { begun, held } = begin(removal, now);
    expect(await begun).toEqual({ record: now });
    expect([...held]).toEqual([]);
  });

  test.each([
    ['it was removed, and no shard is applied', {}, undefined],
    ['it was applied again', { seal: 'seal' }, { plan: 'seal' }],
    ['its folder is there again', { isMissing: true as const }, {}],
  ])('is stale if %s', async (_, removal, now) => {
    await expect(begin(removal, now).begun).rejects.toMatchObject({ class: 'stale' });
  });
});
