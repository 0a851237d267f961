import { expect, it } from 'vitest';
import { renderEventLine, renderProgress } from '../../src/render/progress.ts';

it.each([
  [{ bytes: 31_400_000, seconds: 0.1 }, '31.4 MB'],
  [{ bytes: 0, seconds: 12.7 }, '12 s'],
  [{ bytes: 5, seconds: 12.7, totalBytes: 5, doing: 'making it durable' }, 'making it durable, 12 s'],
  [{ bytes: 31_400_000, seconds: 2, rows: 1_200_000 }, '1 200 000 rows, 31.4 MB, 15.7 MB/s'],
  [
    { bytes: 31_400_000, seconds: 10, rows: 1_200_000, totalRows: 4_800_000, totalBytes: 40_000_000 },
    '1 200 000 rows, 31.4 MB, 3.1 MB/s, 25 %, 30 s left',
  ],
  [
    { bytes: 30_000_000, seconds: 10, rows: 7, totalBytes: 40_000_000 },
    '7 rows, 30.0 MB, 3.0 MB/s, 75 %, 4 s left',
  ],
  [{ bytes: 100, seconds: 0.1, rows: 1 }, '1 row, 100 B'],
  // More than was estimated: nothing is claimed any more.
  [{ bytes: 100, seconds: 10, rows: 11, totalRows: 10 }, '11 rows, 100 B, 10 B/s'],
])('%j', (progress, text) => {
  expect(renderProgress(progress)).toBe(text);
});

it('a line for logs', () => {
  const step = { kind: 'load', id: 'load orders', table: 'orders', after: [], because: [] } as const;
  expect(renderEventLine('superstore', step, '1 200 000 rows 31.4 MB')).toBe(
    'superstore › orders › load 1 200 000 rows 31.4 MB',
  );
});
