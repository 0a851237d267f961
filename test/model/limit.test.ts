import { expect, test } from 'vitest';
import { limitConcurrency, semaphore } from '../../src/model/base/limit.ts';

test('places are taken over in the order in which callers came', async () => {
  const enter = semaphore(1);
  const order: number[] = [];
  const first = await enter();
  const others = [1, 2, 3].map(async (one) => {
    const leave = await enter();
    order.push(one);
    leave();
  });
  first();
  await Promise.all(others);
  expect(order).toEqual([1, 2, 3]);
});

test('a caller who gives up leaves the queue, and its place goes to the next', async () => {
  const enter = semaphore(1);
  const leave = await enter();
  const stop = new AbortController();
  const waiting = enter(stop.signal);
  const next = enter();
  stop.abort(new Error('interrupted'));
  await expect(waiting).rejects.toThrow('interrupted');
  leave();
  const leaveNext = await next;
  leaveNext();
  // Nothing is lost: there is still one place, and only one.
  const again = await enter();
  await expect(enter(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  again();
});

test('a limit gives its place back after a failure', async () => {
  const limit = limitConcurrency(1);
  await expect(limit(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await limit(() => Promise.resolve('yes'))).toBe('yes');
});
