import { expect, test } from 'vitest';
import { EventQueue } from '../../src/library/event-queue.ts';

test('events wait in their order, and of those with the same key only the latest', async () => {
  const queue = new EventQueue<string>();
  queue.push('began');
  for (let amount = 1; amount <= 1000; amount++) {
    queue.push(`orders ${amount}`, 'orders');
    queue.push(`people ${amount}`, 'people');
  }
  queue.push('done');
  queue.end();
  const taken: (string | undefined)[] = [];
  for (let count = 0; count < 6; count++) taken.push(await queue.take());
  expect(taken).toEqual(['began', 'orders 1000', 'people 1000', 'done', undefined, undefined]);
});

test('a reader that is early is woken by the next event, and by the end', async () => {
  const queue = new EventQueue<string>();
  const early = queue.take();
  queue.push('began');
  expect(await early).toBe('began');
  const last = queue.take();
  queue.end();
  expect(await last).toBeUndefined();
});

test('two readers share the events, and both are woken by the end', async () => {
  const queue = new EventQueue<string>();
  const readers = [queue.take(), queue.take()];
  queue.push('began');
  queue.end();
  expect((await Promise.all(readers)).sort()).toEqual(['began', undefined]);
});
