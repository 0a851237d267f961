import { expect, it } from 'vitest';
import { createBudget } from '../../../src/sources/s3/budget.ts';
import { openS3 } from '../../../src/sources/s3/index.ts';
import { hasty, sales, small, useLake } from './lake.ts';

const lake = useLake();
const table = sales({ id: 'int', name: 'text' });

it('takes what there is room for, and what must be', () => {
  const kib = 1024;
  const budget = createBudget({ requests: 2, bytes: 48 * kib });
  const first = budget.take(20 * kib, false);
  expect(first?.length).toBe(32 * kib);
  expect(budget.take(20 * kib, false)).toBeUndefined();
  expect(budget.take(5, false)?.length).toBe(16 * kib);
  expect(budget.take(0, false)).toBeUndefined();
  expect(budget.take(40 * kib, true)?.length).toBe(64 * kib);
  budget.endRequest();
  expect(budget.taken).toEqual({ requests: 2, bytes: 112 * kib });
});

it('gives out again what was given back and is not in use any more, and keeps no more than there is room for', () => {
  const budget = createBudget({ requests: 10, bytes: 64 * 1024 });
  const [large, other, small] = [60_000, 50_000, 10].map((bytes) => budget.take(bytes, true)!);
  budget.giveBack(large!, true);
  budget.giveBack(other!, false);
  expect(budget.take(40_000, true)).toBe(large);
  expect(budget.take(40_000, true)).not.toBe(other);
  budget.giveBack(small!, true);
  budget.giveBack(large!, true);
  expect(budget.take(10, true)).not.toBe(small);
  expect(budget.take(40_000, true)).toBe(large);
});

it('four tables at once share one budget, all get their bytes, and everything is given back', async () => {
  const body = Array.from({ length: 40_000 }, (_, index) => `${index},row ${index}\n`).join('');
  for (const name of ['a', 'b', 'c', 'd']) await lake.put(`sales/${name}.csv`, body);
  lake.control.faults.add({ operation: 'GetObject', nth: 3, act: { kind: 'reset', afterBytes: 10_000 } });
  const room = { requests: 6, bytes: 4 * small.range };
  const budget = createBudget(room);
  const most = { requests: 0, bytes: 0 };
  const seen: typeof budget = {
    ...budget,
    take(bytes, must) {
      const taken = budget.take(bytes, must);
      most.requests = Math.max(most.requests, budget.taken.requests);
      most.bytes = Math.max(most.bytes, budget.taken.bytes);
      return taken;
    },
  };
  const { signal } = new AbortController();
  const port = openS3(lake.source(), { patience: hasty, limits: small, budget: seen });
  const snapshot = await port.snapshot([table], signal);
  const read = await Promise.all(
    [1, 2, 3, 4].map(async () => {
      const [part] = (await snapshot.feed(table, signal)).parts;
      if (part?.kind !== 'stream') throw new Error('no stream');
      let bytes = 0;
      for await (const chunk of (await part.open(signal)).bytes) bytes += chunk.length;
      return bytes;
    }),
  );
  expect(new Set(read).size).toBe(1);
  expect(read[0]).toBe(4 * body.length);
  expect(most.bytes).toBeGreaterThan(room.bytes / 2);
  expect(most.bytes).toBeLessThanOrEqual(room.bytes + 4 * small.range);
  expect(most.requests).toBeLessThanOrEqual(room.requests + 4);
  expect(budget.taken).toEqual({ requests: 0, bytes: 0 });
  await snapshot.end();
  await port.close();
});

it('who stops in the middle gives back what it held', async () => {
  await lake.put('sales/a.csv', '1,a\n'.repeat(200_000));
  const budget = createBudget({ requests: 6, bytes: 8 * small.range });
  const port = openS3(lake.source(), { patience: hasty, limits: small, budget });
  const { signal } = new AbortController();
  const snapshot = await port.snapshot([table], signal);
  const [part] = (await snapshot.feed(table, signal)).parts;
  if (part?.kind !== 'stream') throw new Error('no stream');
  const { bytes } = await part.open(signal);
  await bytes[Symbol.asyncIterator]().next();
  expect(budget.taken.bytes).toBeGreaterThan(0);
  bytes.destroy();
  await snapshot.end();
  await port.close();
  await expect.poll(() => budget.taken).toEqual({ requests: 0, bytes: 0 });
});
