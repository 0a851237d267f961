import { expect, test } from 'vitest';
import { CsvValueError } from '../../../src/sources/csv/index.ts';
import { explainText } from '../../../src/sources/delimited/explain-refusal.ts';
import { table } from '../../support/pipelines.ts';

const orders = table('orders', { id: 'int', name: 'text' });
const layout = { columns: orders.columns, select: [0, 1], header: [] };

const refused = (value: string) =>
  explainText(
    new CsvValueError({ problem: 'not a number', hint: 'correct the file' }, { line: 1, field: 0, value }),
    { shown: 'd.tsv' },
    orders,
    layout,
  );

test.each(['id', 'ID', ' id '])('the header %j that is read as a row is called what it is', (value) => {
  expect(refused(value)).toMatchObject({
    code: 'EXT2103',
    hint: 'the line has the names of the columns: write header: true in the format, or header: skip to pass over it',
  });
});

test('another text in that column has the remedy for its value', () => {
  expect(refused('name')).toMatchObject({ hint: 'correct the file' });
});
