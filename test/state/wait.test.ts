import { expect, test, vi } from 'vitest';
import { RunError } from '../../src/model/errors/run-error.ts';
import type { Lock } from '../../src/model/ports/state-port.ts';
import { lockWaiter, notWaited, waitForLease } from '../../src/state/wait.ts';

const minute = 60_000;

/** A lock that other runs hold for the first attempts, each of which lasts a minute. */
function heldFor(attempts: number) {
  const take = vi.fn(() => {
    clock += minute;
    if (take.mock.calls.length > attempts) return Promise.resolve({} as Lock);
    return Promise.reject(new RunError('EXT6004', 'in use'));
  });
  return take;
}

let clock = 0;
const signal = new AbortController().signal;

test.each(['a lock, then a token', 'a token, then a lock'])(
  '%s: waited for both no longer than for one',
  async (order) => {
    vi.spyOn(performance, 'now').mockImplementation(() => clock);
    const waited = notWaited();
    const waiting = { wait: 2 * minute, signal, onWait: () => undefined };
    const lock = lockWaiter(waiting, waited);
    const lease = (take: () => Promise<Lock>) =>
      waitForLease(take, { what: 'a token', names: ['a'], wait: waiting.wait }, { ...waiting, waited });
    const [first, second] = order.startsWith('a lock')
      ? [(take: () => Promise<Lock>) => lock('a', take), lease]
      : [lease, (take: () => Promise<Lock>) => lock('a', take)];

    await first(heldFor(1));
    const held = heldFor(2);
    await expect(second(held)).rejects.toThrow('in use');
    expect(held).toHaveBeenCalledTimes(1);
    vi.restoreAllMocks();
  },
);
