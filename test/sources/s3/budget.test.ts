import { expect, it } from 'vitest';
import { createBudget } from '../../../src/sources/s3/budget.ts';
import { openS3 } from '../../../src/sources/s3/index.ts';
import { hasty, sales, small, useLake } from './lake.ts';

const lake = useLake();
const table = sales({ id: 'int', name: 'text' });

it('takes what there is room for, and what must be', () => {
  const budget = createBudget({ requests: 2, bytes: 10 });
  expect([budget.take(6, false), budget.take(6, false), budget.take(4, false)]).toEqual([true, false, true]);
  expect([budget.take(0, false), budget.take(9, true)]).toEqual([false, true]);
  budget.endRequest();
  budget.giveBack(19);
  expect(budget.taken).toEqual({ requests: 2, bytes: 0 });
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
      for await (const chunk of (await part.open(signal)).bytes as AsyncIterable<Buffer>)
        bytes += chunk.length;
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
  await new Promise((resolve) => bytes.once('readable', resolve));
  bytes.destroy();
  await snapshot.end();
  await port.close();
  await expect.poll(() => budget.taken).toEqual({ requests: 0, bytes: 0 });
});
