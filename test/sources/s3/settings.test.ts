import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { S3Source } from '../../../src/model/config/source.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import { adapted, adaptedLines, adaptedRows } from '../../support/adapted.ts';
import { column } from '../../support/pipelines.ts';
import { csv, sales, useLake } from './lake.ts';

const lake = useLake();
const ofLake = (columns: Table['columns']): Table => ({ ...sales({}), columns });
const fixture = (name: string) => readFileSync(new URL(`../parquet/fixtures/${name}`, import.meta.url));

it.each<[string, S3Source['format'], string]>([
  ['csv', { ...csv, header: true }, adaptedLines(',', true)],
  ['text', { ...csv, type: 'text', delimiter: '\t', nulls: ['\\N'] }, adaptedLines('\t', false)],
])('at_zone, round, truncate and on_infinite make the values of %s objects fit', async (_, format, body) => {
  const wanted = ofLake(adapted.columns);
  await lake.put('sales/a', body);
  expect(await lake.rows(lake.source({ format }), wanted)).toEqual(adaptedRows);
  await lake.put('sales/b.gz', gzipSync(body));
  expect(await lake.rows(lake.source({ format }), wanted)).toEqual([...adaptedRows, ...adaptedRows]);
});

it('the character in a packed object is named', async () => {
  await lake.put('sales/a.csv.gz', gzipSync('1,a\n2,b"c\n'));
  await expect(lake.load(lake.source(), sales({ id: 'int', name: 'text' }))).rejects.toThrow(
    's3://lake/sales/a.csv.gz:2:4: column "name": a quote inside an unquoted field: b"',
  );
});

const parquet = { type: 'parquet' } as const;

it('Parquet instants become the wall clock of a zone, and wall clocks instants', async () => {
  await lake.put('sales/a.parquet', fixture('zones.parquet'));
  const from = { origin: { kind: 'column', name: 'instant' } } as const;
  const wanted = ofLake([
    column('id', 'bigint'),
    column('berlin', 'timestamp', { ...from, atZone: 'Europe/Berlin' }),
    column('day', 'date', { ...from, atZone: 'Europe/Berlin' }),
    column('clock', 'timestamptz', { atZone: 'Europe/Berlin' }),
  ]);
  const rows = await lake.rows(lake.source({ format: parquet }), wanted);
  expect(rows.find(([id]) => id === '2')).toEqual([
    ...['2', '2024-07-02 02:00:00.000001', '2024-07-02', '2024-07-01 22:00:00.000001+00'],
  ]);
});

it('INT96 and nanoseconds of Parquet', async () => {
  await lake.put('sales/a.parquet', fixture('moments_int96.parquet'));
  const int96 = ofLake([column('ts', 'timestamp', { atZone: 'Asia/Tokyo' })]);
  expect(await lake.rows(lake.source({ format: parquet }), int96)).toEqual([
    ['2024-03-01 08:59:59.123456'],
    [null],
  ]);
  await lake.put('sales/a.parquet', fixture('moments.parquet'));
  const nanoseconds = ofLake([
    column('ts_ns', 'timestamp', { truncate: 'microseconds' }),
    column('ts_ns_utc', 'timestamptz'),
  ]);
  const [first] = await lake.rows(lake.source({ format: parquet }), nanoseconds);
  expect(first).toEqual(['2024-02-29 23:59:59.123456', '2024-02-29 23:59:59.123456+00']);
});
