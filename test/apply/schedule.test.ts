import { expect, test } from 'vitest';
import { schedule } from '../../src/apply/schedule.ts';

const task = (id: string, ...after: string[]) => ({ id, after });

test('a task begins as soon as all that it waits for have ended', async () => {
  const log: string[] = [];
  await schedule([task('d', 'b', 'c'), task('a'), task('b', 'a'), task('c', 'a')], async ({ id }) => {
    log.push(`${id} begins`);
    await new Promise(setImmediate);
    log.push(`${id} ends`);
    return true;
  });
  expect(log).toEqual([
    ...['a begins', 'a ends', 'b begins', 'c begins', 'b ends', 'c ends', 'd begins', 'd ends'],
  ]);
});

test('what waits for a task that has failed never begins, and other tasks go on', async () => {
  const log: string[] = [];
  await schedule([task('a'), task('b', 'a'), task('c', 'b'), task('d')], ({ id }) => {
    log.push(id);
    return Promise.resolve(id !== 'a');
  });
  expect(log).toEqual(['a', 'd']);
});

test('a task waits for no id that is not among the tasks', async () => {
  const log: string[] = [];
  await schedule([task('a', 'elsewhere')], ({ id }) => {
    log.push(id);
    return Promise.resolve(true);
  });
  expect(log).toEqual(['a']);
});

test('a task that throws ends the schedule with its error, after the others have ended', async () => {
  const log: string[] = [];
  const running = schedule([task('a'), task('b')], async ({ id }) => {
    if (id === 'a') throw new Error('a bug');
    await new Promise(setImmediate);
    log.push(id);
    return true;
  });
  await expect(running).rejects.toThrow('a bug');
  expect(log).toEqual(['b']);
});
