import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { CsvFormat } from '../../../src/model/config/source.ts';
import { plainCsv, useTextLoads } from '../../support/csv/text-loads.ts';
import { table } from '../../support/pipelines.ts';

const loads = useTextLoads();
const wanted = table('t', { day: 'date', at: 'timestamp', moment: 'timestamptz' });

// In the order DMY hyperd refuses some of these spellings, and reads others as another day.
const rows = [
  ['31.12.2024', '2024-12-31 10:00:00', '2024-12-31 10:00:00+02'],
  [' 2024-12-31', ' 2024-12-31 1:45 PM ', ' 2024-12-31T10:00:00Z '],
  [' 07-04-2012', ' 07-04-2012 10:00', '2024-12-31 10:00:00 +02:00'],
];
const values = [
  ['2024-12-31', '2024-12-31 10:00:00', '2024-12-31 08:00:00+00'],
  ['2024-12-31', '2024-12-31 13:45:00', '2024-12-31 10:00:00+00'],
  ['2012-04-07', '2012-04-07 10:00:00', '2024-12-31 08:00:00+00'],
];

const csv: CsvFormat = { ...plainCsv, dateOrder: 'DMY', isDateOrderSet: true };
const text: CsvFormat = { ...csv, type: 'text', delimiter: '\t', header: false, nulls: ['\\N'] };
const lines = (delimiter: string) => rows.map((row) => `${row.join(delimiter)}\n`).join('');
const csvBody = `day,at,moment\n${lines(',')}`;

test.each([
  ['a.csv', csv, csvBody],
  ['a.csv.gz', csv, gzipSync(csvBody)],
  ['a.txt', text, lines('\t')],
])('dates and times that Hyper does not read in this spelling arrive from %s', async (name, format, body) => {
  expect(await loads.loadFile(name, body, format, wanted)).toEqual(values);
});

test('a value that Hyper would read otherwise is found behind many that it reads', async () => {
  const many = `day,at,moment\n${`${rows[0]?.join(',') ?? ''}\n`.repeat(5001)}`;
  const found = await loads.loadFile('a.csv', `${many}${lines(',')}`, csv, wanted);
  expect(found).toHaveLength(5004);
  expect(Array.isArray(found) && found.slice(-3)).toEqual(values);
});
