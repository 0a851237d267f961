import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvDialect, locateRecord } from '../../../src/sources/csv/index.ts';
import { inChunks, samples } from './tables.ts';
import { normalizeCsv } from '../../support/csv/normalize.ts';

const locate = (file: string, record: number, dialect = csvDialect(), sizes = [1 << 16]) =>
  locateRecord(inChunks(Buffer.from(file), sizes), dialect, record);

test('any record of any file is found', async () => {
  await fc.assert(
    fc.asyncProperty(samples, fc.nat(7), fc.integer({ min: 1, max: 9 }), async (sample, index, size) => {
      fc.pre(index < sample.rows.length);
      const found = await locate(sample.file, index + 1, sample.dialect, [size]);
      expect(found?.fields).toHaveLength(sample.fields);
      for (const [field, value] of sample.rows[index]!.entries()) {
        if (value === null) expect(sample.dialect.nulls).toContain(found?.fields[field]);
        else expect(found?.fields[field]).toBe(value);
      }
    }),
    { numRuns: 300 },
  );
});

test('the line is that of the file, with the header and breaks in quotes', async () => {
  const file = '\uFEFFid,"na\nme"\r\n1,"a\r\nb"\n2,"say ""hi"""\n';
  expect(await locate(file, 1)).toEqual({ line: 3, fields: ['1', 'a\r\nb'] });
  expect(await locate(file, 2)).toEqual({ line: 5, fields: ['2', 'say "hi"'] });
  expect(await locate(file, 3)).toBeUndefined();
  expect(await locate(file, 3, csvDialect({ header: false }))).toEqual({
    line: 5,
    fields: ['2', 'say "hi"'],
  });
});

test('the line is the one that normalizeCsv reports', async () => {
  const good = Array.from({ length: 30_000 }, (_, row) =>
    row % 3 === 0 ? `${row},"a\nb"` : `${row},c`,
  ).join('\n');
  const normalize = normalizeCsv({
    ...{
      dialect: csvDialect({ header: false }),
      fields: 2,
      select: [0],
      constants: [],
      emptyAsNull: [false],
    },
  });
  inChunks(Buffer.from(`${good}\nbad\n`), [5003]).pipe(normalize);
  const error = await buffer(normalize).catch((error: unknown) => error);
  expect(error).toMatchObject({ record: 30_001, line: 40_001 });
  const found = await locate(`${good}\nbad\n`, 30_001, csvDialect({ header: false }), [5003]);
  expect(found).toEqual({ line: 40_001, fields: ['bad'] });
});

test('the report is bounded', async () => {
  const found = await locate(
    `${'é'.repeat(900)},${'a'.repeat(100_000)}${',x'.repeat(20_000)}`,
    1,
    csvDialect({ header: false }),
  );
  expect(found?.fields).toHaveLength(10_000);
  expect(found?.fields[0]).toBe(`${'é'.repeat(500)}…`);
  expect(found?.fields[1]).toBe(`${'a'.repeat(1000)}…`);
});

test('a quote left open hides the records behind it', async () => {
  expect(await locate('a,"b\nc,d\n', 2, csvDialect({ header: false }))).toBeUndefined();
});
