import { expect, test } from 'vitest';
import { nameOfFiles } from '../../src/import/files/source-of-files.ts';

test.each([
  ['landing/stocks/*.csv', 'stocks'],
  ['data/orders_2024*.csv.gz', 'orders'],
  ['data/orders_2024.csv', 'orders'],
  ['data/2024-orders.csv', 'orders'],
  ['2024 Q1 (final).csv', 'Q1_final'],
  ['data/2024_Q1.csv', '2024_Q1'],
  ['data/2024*.csv', 'data'],
  ['data/{jan,feb}.csv', 'data'],
  ['data/!(draft_*).csv', 'data'],
  ['s3://lake/sales/2024/*.parquet', 'sales'],
  ['日本.csv', '日本'],
  ['*.csv', 'files'],
])('%s gives the name %s', (path, name) => {
  expect(nameOfFiles([path])).toBe(name);
});
