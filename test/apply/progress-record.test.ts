import { expect, test } from 'vitest';
import { recordProgress, type Reached } from '../../src/apply/progress-record.ts';
import type { SentNote } from '../../src/model/world/applied-record.ts';
import { pipeline, record, table } from '../support/pipelines.ts';

test('what could not be noted before it is sent does not count as sent; a job of the server does', async () => {
  const reached: Reached = { delivered: new Map(), sent: new Map() };
  const lost = new Error('the lock was lost');
  const lock = { write: () => Promise.reject(lost) };
  const progress = recordProgress(lock, undefined, reached, () =>
    record(pipeline([table('orders', { id: 'int' })])),
  );
  const before: SentNote = { at: '2026-01-31T08:00:00Z', size: 1 };
  await expect(progress.sent(0, before)).rejects.toBe(lost);
  expect(reached.sent.has(0)).toBe(false);
  const job = { ...before, job: 'j' };
  await expect(progress.sent(0, job)).rejects.toBe(lost);
  expect(reached.sent.get(0)).toBe(job);
});
