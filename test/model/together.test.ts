import { expect, test } from 'vitest';
import { settleAll } from '../../src/model/base/settle-all.ts';

test('answers are in the order of the calls', async () => {
  expect(await settleAll(Promise.resolve(1), Promise.resolve('two'))).toEqual([1, 'two']);
});

test('the first of several failures by order is reported, when all have ended', async () => {
  let ended = false;
  const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
    ended = true;
    throw new Error('slow');
  });
  const call = settleAll(slow, Promise.reject(new Error('quick')));
  await expect(call).rejects.toThrow('slow');
  expect(ended).toBe(true);
});
