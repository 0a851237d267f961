import { expect, test } from 'vitest';
import type { FileSource } from '../../src/model/config/source.ts';
import { defineTable } from '../../src/plan/table/definition.ts';
import { table } from '../support/pipelines.ts';
import { csvFormat } from '../sources/delimited/values/support.ts';

const defined = (format: FileSource['format']) =>
  defineTable(table('t', {}), {
    type: 'file',
    place: { file: 'p.yaml', pointer: '/sources/s' },
    base: '/project',
    match: ['*.csv'],
    exclude: [],
    minFiles: 1,
    format,
  });

test('an order of dates that is written as it was assumed is no other definition, and another one is', () => {
  const assumed = defined(csvFormat());
  expect(defined(csvFormat({ isDateOrderSet: true }))).toEqual(assumed);
  expect(defined(csvFormat({ dateOrder: 'DMY', isDateOrderSet: true }))).not.toEqual(assumed);
});
